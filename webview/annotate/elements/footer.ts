import { html, nothing, type TemplateResult } from 'lit';
import { statusOf } from '../../../server/protocol/annotation.js';
import { format } from '../../chat/strings.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { goToUnreviewed } from '../session/reviewing.js';
import { keyOf } from '../session/keyHints.js';
import { texts } from '../texts.js';

export interface FooterParts {
  problemsShown: boolean;
  toggleProblems(): void;
}

/** How much there is, how much is left, and whether it is saved. */
export function footer(session: AnnotateSession, { problemsShown, toggleProblems }: FooterParts): TemplateResult {
  const names = texts();
  const { document: doc, page } = session;
  const items = doc ? [...doc.segments, ...doc.questions, ...doc.conversations] : [];
  const open = items.filter((item) => statusOf(item) === 'suggested').length;
  const problems = page?.problems.length ?? 0;
  const count = (one: string, several: string, number: number): string => (number === 1 ? one : format(several, number));
  const counts = doc && [
    ...(doc.segments.length > 0 || !session.isPicture ? [count(names.oneSegment, names.segmentsCount, doc.segments.length)] : []),
    ...(doc.questions.length > 0 ? [count(names.oneQuestion, names.questionsCount, doc.questions.length)] : []),
    ...(doc.conversations.length > 0 ? [count(names.oneConversation, names.conversationsCount, doc.conversations.length)] : []),
  ].join(' · ');
  return html`<footer class="footer" ?inert=${session.keysShown}>
    ${counts ? html`<span class="counts">${counts}</span>` : nothing}
    ${open > 0
      ? html`<button type="button" class="footer-button" @click=${() => goToUnreviewed(session, 1)}><i class="codicon codicon-sparkle" aria-hidden="true"></i>${shortened(format(names.reviewCount, open), open)}</button>`
      : nothing}
    ${problems > 0
      ? html`<button type="button" class="footer-button" aria-expanded=${problemsShown ? 'true' : 'false'} @click=${toggleProblems}>
          <i class="codicon codicon-warning" aria-hidden="true"></i>${shortened(count(names.oneProblem, names.problemsCount, problems), problems)}
        </button>`
      : nothing}
    ${page?.readOnly
      ? html`<button type="button" class="footer-button read-only" @click=${() => session.request({ type: 'action', action: 'makeWritable' })}><i class="codicon codicon-lock" aria-hidden="true"></i>${names.readOnly}</button>`
      : page?.dirty || session.pending
        ? html`<button type="button" class="footer-button" title=${names.save} @click=${() => session.request({ type: 'action', action: 'save' })}>
            <i class="codicon codicon-circle-filled" aria-hidden="true"></i>${session.pending ? names.sending : names.unsaved}
          </button>`
        : html`<span class="quiet">${names.saved}</span>`}
    <span class="said quiet" aria-hidden="true">${session.status}</span>
    <span class="spring"></span>
    <button type="button" class="footer-button show-keys" aria-label=${names.keysTitle} @click=${() => runCommand(session, 'showKeys')}><kbd>${keyOf(session, 'showKeys') ?? '?'}</kbd><span>${names.keys}</span></button>
  </footer>`;
}

/** In a narrow panel the number beside its icon is enough. */
function shortened(text: string, number: number): TemplateResult {
  return html`<span class="long">${text}</span><span class="short" aria-hidden="true">${number}</span>`;
}
