import { html, nothing, type TemplateResult } from 'lit';
import type { AnnotatedConversation, AnnotatedTurn } from '../../../server/protocol/annotation.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format } from '../../chat/strings.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { selectedItems } from '../session/selection.js';
import { texts } from '../texts.js';
import { textField } from './fields.js';
import { detailHead, provenanceLine, reviewButtons } from './provenanceLine.js';
import { spanField } from './questionDetail.js';

/** The selected conversation, turn by turn. */
export function conversationDetail(session: AnnotateSession): TemplateResult | typeof nothing {
  const conversation = session.document && selectedItems(session.document, 'conversations', session.selection).at(-1);
  if (!conversation) {
    return nothing;
  }
  const names = texts();
  const disabled = !session.canEdit;
  const { turns } = conversation;
  const last = turns.at(-1);
  return html`<section class="detail" aria-label=${names.dialogue}>
    ${detailHead(session, names.dialogue, conversation, disabled ? nothing : iconButton('trash', names.deleteConversation, () => runCommand(session, 'deleteItem')))}
    <ol class="turns">
      ${turns.map((turn, index) => turnFields(session, conversation, turn, index, disabled))}
    </ol>
    ${disabled
      ? nothing
      : html`<button type="button" class="link-button" @click=${() => setTurns(session, conversation.id, (now) => [...now, { role: last?.role === 'user' ? 'assistant' : 'user', text: '' }])}>
          <i class="codicon codicon-add" aria-hidden="true"></i>${names.addTurn}
        </button>`}
    ${provenanceLine(conversation.provenance)} ${reviewButtons(session, conversation)}
  </section>`;
}

function turnFields(session: AnnotateSession, { id, turns }: AnnotatedConversation, turn: AnnotatedTurn, index: number, disabled: boolean): TemplateResult {
  const names = texts();
  const number = index + 1;
  const set = (changes: Partial<AnnotatedTurn>): void =>
    setTurns(session, id, (now) => now.map((each, i) => (i === index ? (Object.fromEntries(Object.entries({ ...each, ...changes }).filter(([, value]) => value !== undefined)) as unknown as AnnotatedTurn) : each)));
  const swap = (by: 1 | -1): void =>
    setTurns(session, id, (now) => {
      const [moved, other] = [now[index], now[index + by]];
      return moved && other ? now.map((each, i) => (i === index ? other : i === index + by ? moved : each)) : now;
    });
  const rate = (rating: 'up' | 'down'): void => set({ rating: turn.rating === rating ? undefined : rating });
  return html`<li class="turn-fields role-${turn.role}">
    <div class="turn-head">
      <select class="boxed" aria-label=${format(names.roleOfTurn, number)} ?disabled=${disabled} @change=${(event: Event) => set({ role: (event.target as HTMLSelectElement).value as AnnotatedTurn['role'] })}>
        ${(['user', 'assistant', 'system'] as const).map(
          (role) => html`<option value=${role} .selected=${role === turn.role}>${{ user: names.roleUser, assistant: names.roleAssistant, system: names.roleSystem }[role]}</option>`,
        )}
      </select>
      <span class="spring"></span>
      ${iconButton(turn.rating === 'up' ? 'thumbsup-filled' : 'thumbsup', format(names.goodTurn, number), () => rate('up'), { pressed: turn.rating === 'up', disabled })}
      ${iconButton(turn.rating === 'down' ? 'thumbsdown-filled' : 'thumbsdown', format(names.badTurn, number), () => rate('down'), { pressed: turn.rating === 'down', disabled })}
      ${disabled
        ? nothing
        : html`${iconButton('arrow-up', format(names.moveTurnUp, number), () => swap(-1), { disabled: index === 0 })}
          ${iconButton('arrow-down', format(names.moveTurnDown, number), () => swap(1), { disabled: index === turns.length - 1 })}
          ${iconButton('close', format(names.removeTurn, number), () => setTurns(session, id, (now) => now.filter((_, i) => i !== index)))}`}
    </div>
    ${textField({ label: format(names.textOfTurn, number), key: `${id}/turn/${index}/${turns.length}`, value: turn.text, disabled, className: index === 0 ? 'caption' : '', commit: (text) => set({ text }) })}
    ${spanField(session, turn.span, disabled, (span) => set({ span: span ?? undefined }))}
  </li>`;
}

function setTurns(session: AnnotateSession, id: string, change: (turns: AnnotatedTurn[]) => AnnotatedTurn[]): void {
  const now = session.document?.conversations.find((each) => each.id === id);
  if (now) {
    session.change(texts().didConversation, 'conversations', id, { turns: change(now.turns) });
  }
}
