import { html, type TemplateResult } from 'lit';
import type { AnnotationList } from '../../../server/protocol/annotation.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { texts } from '../texts.js';

/** The most that is worth showing at once; the editor's own view has them all. */
const most = 200;

/** What is wrong, as the host says; a click goes to the item. */
export function problemsList(session: AnnotateSession): TemplateResult {
  const problems = session.page?.problems ?? [];
  const lists: AnnotationList[] = ['segments', 'questions', 'conversations'];
  const reveal = (itemId: string): void => {
    const list = lists.find((each) => session.document?.[each].some(({ id }) => id === itemId));
    if (list) {
      session.reveal(list, itemId);
    }
  };
  return html`<section class="problems" aria-label=${texts().problems}>
    <ul>
      ${problems.slice(0, most).map(
        ({ severity, message, itemId }) => html`<li>
          <i class="codicon codicon-${severity === 'information' ? 'info' : severity} ${severity}" aria-hidden="true"></i>
          ${itemId === undefined ? html`<span>${message}</span>` : html`<button type="button" class="link-button" @click=${() => reveal(itemId)}>${message}</button>`}
        </li>`,
      )}
    </ul>
  </section>`;
}
