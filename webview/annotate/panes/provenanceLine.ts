import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { type Provenance, statusOf } from '../../../server/protocol/annotation.js';
import { format } from '../../chat/strings.js';
import { statusMark, statusName } from '../elements/statusMark.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { withKey } from '../session/keyHints.js';
import { texts } from '../texts.js';

/** Who says so, and what became of it. */
export function provenanceLine(provenance: Provenance | undefined): TemplateResult | typeof nothing {
  if (!provenance) {
    return nothing;
  }
  const names = texts();
  const { model, author, confidence, reviewer, status } = provenance;
  const isModel = model !== undefined || author === 'model';
  const maker = isModel ? format(names.suggestedBy, model?.id ?? names.aModel) : author ? format(names.madeBy, author) : '';
  const reviewed = status && status !== 'suggested' ? (reviewer ? format(names.reviewedBy, statusName(status), reviewer) : statusName(status)) : '';
  const parts = [maker, confidence === undefined ? '' : confidence.toFixed(2), reviewed].filter((part) => part !== '');
  const detail = [model?.prompt, model?.plan, provenance.at, provenance.reviewedAt].filter((part) => part !== undefined).join('\n');
  return html`<p class="provenance quiet" title=${detail}>${isModel ? html`<span aria-hidden="true">✦ </span>` : nothing}${parts.join(' · ')}</p>`;
}

/** What to do about a suggestion; what was decided can be decided again. */
export function reviewButtons(session: AnnotateSession, item: { provenance?: Provenance }): TemplateResult | typeof nothing {
  const names = texts();
  const status = statusOf(item);
  const inReview = session.page?.review !== undefined;
  if (!session.canEdit || (status === 'own' && !inReview)) {
    return nothing;
  }
  return html`<div class="actions review-actions">
    ${inReview || status === 'suggested' || status === 'rejected'
      ? html`<vscode-button title=${withKey(session, names.accept, 'accept')} @click=${() => runCommand(session, 'accept')}>${names.accept}</vscode-button>`
      : nothing}
    ${status === 'suggested'
      ? html`<vscode-button secondary title=${withKey(session, names.edit, 'editCaption')} @click=${() => runCommand(session, 'editCaption')}>${names.edit}</vscode-button>`
      : nothing}
    ${status !== 'rejected'
      ? html`<vscode-button secondary title=${withKey(session, names.reject, 'reject')} @click=${() => runCommand(session, 'reject')}>${names.reject}</vscode-button>`
      : nothing}
  </div>`;
}

/** Heading of the details: what it is, how it stands, and what is wrong with it. */
export function detailHead(session: AnnotateSession, title: string, item: { id: string; provenance?: Provenance }, more: TemplateResult | typeof nothing = nothing): TemplateResult {
  const problems = (session.page?.problems ?? []).filter(({ itemId }) => itemId === item.id);
  return html`
    <div class="detail-head"><h2>${title}</h2>${statusMark(statusOf(item))}<span class="spring"></span>${more}</div>
    ${problems.map(({ severity, message }) => html`<p class="inline-problem ${severity}"><i class="codicon codicon-${severity === 'information' ? 'info' : severity}" aria-hidden="true"></i>${message}</p>`)}
  `;
}
