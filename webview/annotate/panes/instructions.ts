import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { renderMarkdown } from '../../chat/text/markdown.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { texts } from '../texts.js';

/** What the dataset asks of annotators, as safe Markdown. A link does nothing by itself: the host asks before it opens it. */
export function instructions(session: AnnotateSession, text: string): TemplateResult {
  const follow = (event: Event): void => {
    const url = (event.target as HTMLElement).closest<HTMLElement>('[data-url]')?.dataset['url'];
    if (url !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      session.request({ type: 'openLink', url });
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      follow(event);
    }
  };
  // Escaped by `renderMarkdown`, which lets no HTML of the text through.
  return html`<details open>
    <summary>${texts().instructions}</summary>
    <div class="instructions markdown" @click=${follow} @keydown=${onKey}>${guard([text], () => html`<div class="block">${unsafeHTML(renderMarkdown(text))}</div>`)}</div>
  </details>`;
}
