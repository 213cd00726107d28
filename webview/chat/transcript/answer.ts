import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { PanelClip } from '../../../server/protocol/panel.js';
import { PageElement } from '../elements/pageElement.js';
import { StreamedMarkdown } from '../text/streamedMarkdown.js';
import type { NamedClip } from '../text/timeLinks.js';

/** An answer's Markdown, drawn as it comes. Its links do what they do through the page, never by themselves. */
@customElement('videochat-answer')
export class Answer extends PageElement {
  @property({ attribute: false }) accessor text = '';
  @property({ attribute: false }) accessor durationSeconds: number | undefined;
  /** Clips that the answer may name; times behind a name are of that clip. */
  @property({ attribute: false }) accessor clips: readonly PanelClip[] = [];
  /** The clip that other times are of. */
  @property({ attribute: false }) accessor clipId: string | undefined;
  @property({ attribute: false }) accessor streaming = false;
  readonly #markdown = new StreamedMarkdown();

  override render(): TemplateResult {
    // Escaped by `renderMarkdown`, which lets no HTML of the text through.
    const blocks = this.#markdown.update(this.text, this.durationSeconds, this.#named);
    return html`<div class="markdown ${this.streaming ? 'streaming' : ''}" @click=${this.#onClick} @keydown=${this.#onKey}>
      ${blocks.map((block) => html`<div class="block">${unsafeHTML(block)}</div>`)}
    </div>`;
  }

  get #named(): NamedClip[] {
    const { clips } = this;
    return clips.length < 2 ? [] : clips.map(({ clipId, name, facts }) => ({ clipId, name, durationSeconds: facts?.durationSeconds ?? 0 }));
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.target as HTMLElement).matches('a[role="link"]')) {
      event.preventDefault();
      this.#onClick(event);
    }
  };

  #onClick = (event: Event): void => {
    const target = (event.target as HTMLElement).closest<HTMLElement>('[data-start], [data-url], [data-copy-code]');
    if (!target) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const { start, end, url, clip = this.clipId } = target.dataset;
    if (start !== undefined) {
      this.emit({ type: 'goTo', startSeconds: Number(start), ...(end === undefined ? {} : { endSeconds: Number(end) }), ...(clip === undefined ? {} : { clipId: clip }) });
    } else if (url !== undefined) {
      this.emit({ type: 'openLink', url });
    } else {
      const code = target.closest('.code-block')?.querySelector('code')?.textContent ?? '';
      this.emit({ type: 'copy', text: code.replace(/\n$/, '') });
      const icon = target.querySelector('.codicon');
      icon?.classList.replace('codicon-copy', 'codicon-check');
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-answer': Answer;
  }
}
