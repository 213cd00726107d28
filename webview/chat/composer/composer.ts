import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { PanelState } from '../../../server/protocol/panel.js';
import type { Segment } from '../../../server/protocol/video.js';
import { iconButton } from '../elements/iconButton.js';
import { PageElement } from '../elements/pageElement.js';
import { sendBlock } from '../state/sendBlock.js';
import { format, strings } from '../strings.js';
import { shortTime } from '../text/formatTime.js';
import { answersFromSelect } from './answersFromSelect.js';
import { clipChips, spanChip } from './chips.js';
import { framesSelect } from './framesSelect.js';
import { modelButton } from './modelButton.js';

/** Where questions are written. Writing is possible at any time; sending says why when it is not. */
@customElement('videochat-composer')
export class Composer extends PageElement {
  @property({ attribute: false }) accessor panel!: PanelState;
  @property({ attribute: false }) accessor draft = '';
  @property({ attribute: false }) accessor span: Segment | undefined;
  @property({ attribute: false }) accessor clipId: string | undefined;
  @query('textarea') accessor field!: HTMLTextAreaElement;
  #composing = false;

  override render(): TemplateResult {
    const { panel, span } = this;
    const texts = strings();
    const blocked = sendBlock(panel, this.draft);
    const sendable = blocked === undefined && this.draft.trim() !== '';
    const isPicture = panel.clips.find(({ clipId }) => clipId === this.clipId)?.facts?.kind === 'image';
    const ask = isPicture ? texts.askPicture : texts.ask;
    const placeholder = span ? format(texts.askAboutSpan, shortTime(span.startSeconds), shortTime(span.endSeconds)) : ask;
    // While an answer comes, Stop stands in the place of Send; no words are needed.
    const reason = panel.busy ? (this.draft.trim() ? blocked : undefined) : blocked;
    return html`
      <form class="composer" @submit=${(event: Event) => event.preventDefault()}>
        <div class="chips">
          ${clipChips(panel.clips, this.clipId, (intent) => this.emit(intent))}
          ${iconButton('add', texts.addClip, () => this.emit({ type: 'addClips', uris: [] }))}
          ${span ? spanChip(span, this.clipId, (intent) => this.emit(intent)) : nothing}
        </div>
        <textarea
          rows="1"
          aria-label=${texts.messageLabel}
          aria-describedby="why-not"
          placeholder=${placeholder}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @compositionstart=${() => (this.#composing = true)}
          @compositionend=${() => (this.#composing = false)}
        ></textarea>
        <div class="composer-bar">
          ${modelButton(panel.model, () => this.emit({ type: 'action', action: 'chooseModel' }))}
          ${framesSelect(panel, (frames) => this.emit({ type: 'frames', frames }))}
          ${answersFromSelect(panel, (value) => this.emit({ type: 'answersFrom', value }))}
          <span class="spring"></span>
          ${panel.busy
            ? iconButton('stop-circle', texts.stop, () => this.emit({ type: 'stop' }), { className: 'stop-button' })
            : iconButton('send', texts.send, () => this.#send(), { disabled: !sendable, className: 'send-button' })}
        </div>
      </form>
      <p id="why-not" class="why-not quiet" ?hidden=${!reason}>${reason ?? ''}</p>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('draft') && this.field.value !== this.draft) {
      this.field.value = this.draft;
    }
    this.#grow();
  }

  override focus(): void {
    this.field.focus();
  }

  #onInput = (): void => {
    this.draft = this.field.value;
    this.emit({ type: 'draft', text: this.draft });
  };

  #onKey = (event: KeyboardEvent): void => {
    // Enter that ends a composition belongs to the input method; Safari-like engines report it as key 229.
    if (event.isComposing || this.#composing || event.keyCode === 229) {
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#send();
    }
  };

  #send(): void {
    const text = this.draft.trim();
    if (text !== '' && sendBlock(this.panel, text) === undefined) {
      this.emit({ type: 'ask', text });
    }
  }

  /** As high as its text, up to what the style sheet allows. */
  #grow(): void {
    const { field } = this;
    field.style.setProperty('height', 'auto');
    field.style.setProperty('height', `${field.scrollHeight}px`);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-composer': Composer;
  }
}
