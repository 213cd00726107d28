import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format } from '../../chat/strings.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { texts } from '../texts.js';

/** A review goes on over the documents of a dataset: decide here, and the host brings the next one. */
export function reviewBar(session: AnnotateSession): TemplateResult | typeof nothing {
  const { review } = session.page ?? {};
  if (!review) {
    return nothing;
  }
  const names = texts();
  return html`<div class="review-bar" role="toolbar" aria-label=${names.review}>
    <i class="codicon codicon-checklist" aria-hidden="true"></i><span>${format(names.reviewLeft, review.left)}</span>
    <span class="spring"></span>
    <vscode-button secondary @click=${() => session.request({ type: 'nextReview' })}>${names.nextReview}</vscode-button>
    ${iconButton('close', names.endReview, () => session.request({ type: 'endReview' }))}
  </div>`;
}
