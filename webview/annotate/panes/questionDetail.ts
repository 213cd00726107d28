import { html, nothing, type TemplateResult } from 'lit';
import type { AnnotatedQuestion, AnnotatedSpan } from '../../../server/protocol/annotation.js';
import type { FieldChanges } from '../../../server/protocol/annotationEdit.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { runCommand } from '../session/commands.js';
import { markedSpan } from '../session/marking.js';
import { selectedItems } from '../session/selection.js';
import { texts } from '../texts.js';
import { lineField, textField } from './fields.js';
import { detailHead, provenanceLine, reviewButtons } from './provenanceLine.js';

const letter = (index: number): string => String.fromCharCode(65 + (index % 26));

/** The selected question: its words, its answer or choices, and the part it is about. */
export function questionDetail(session: AnnotateSession): TemplateResult | typeof nothing {
  const question = session.document && selectedItems(session.document, 'questions', session.selection).at(-1);
  if (!question) {
    return nothing;
  }
  const names = texts();
  const disabled = !session.canEdit;
  const set = (changes: FieldChanges<AnnotatedQuestion>): void => void session.change(names.didQuestion, 'questions', question.id, changes);
  const field = { disabled, done: () => session.view?.focus('list') };
  return html`<section class="detail" aria-label=${names.question}>
    ${detailHead(session, names.question, question, disabled ? nothing : iconButton('trash', names.deleteQuestion, () => runCommand(session, 'deleteItem')))}
    ${textField({ ...field, label: names.questionText, key: `${question.id}/question`, value: question.question, placeholder: names.questionText, className: 'caption', commit: (text) => set({ question: text }) })}
    ${textField({ ...field, label: names.answer, key: `${question.id}/answer`, value: question.answer ?? '', placeholder: names.answer, commit: (text) => set({ answer: text === '' ? null : text }) })}
    ${optionFields(question, disabled, set)}
    <div class="field-row">
      <label class="field">
        <span>${names.questionType}</span>
        ${lineField({ disabled, label: names.questionType, key: `${question.id}/type`, value: question.type ?? '', commit: (text) => set({ type: text.trim() || null }) })}
      </label>
      ${spanField(session, question.span, disabled, (span) => set({ span }))}
    </div>
    ${provenanceLine(question.provenance)} ${reviewButtons(session, question)}
  </section>`;
}

function optionFields(question: AnnotatedQuestion, disabled: boolean, set: (changes: FieldChanges<AnnotatedQuestion>) => void): TemplateResult | typeof nothing {
  const names = texts();
  const options = question.options ?? [];
  if (disabled && options.length === 0) {
    return nothing;
  }
  const remove = (index: number): void => {
    const { correct } = question;
    const rest = options.filter((_, i) => i !== index);
    const next = correct === undefined || correct === index ? null : correct > index ? correct - 1 : correct;
    set({ options: rest.length > 0 ? rest : null, correct: rest.length > 0 ? next : null });
  };
  return html`<fieldset class="options">
    <legend>${names.options}</legend>
    ${options.map(
      (option, index) => html`<div class="option-row">
        <input type="radio" name="correct-${question.id}" aria-label=${format(names.correctOption, letter(index))} title=${format(names.correctOption, letter(index))}
          .checked=${question.correct === index} ?disabled=${disabled} @change=${() => set({ correct: index })} />
        <span class="quiet" aria-hidden="true">${letter(index)}</span>
        ${lineField({ disabled, label: format(names.option, letter(index)), key: `${question.id}/option/${index}/${options.length}`, value: option, commit: (text) => set({ options: options.map((each, i) => (i === index ? text : each)) }) })}
        ${disabled ? nothing : iconButton('close', format(names.removeOption, letter(index)), () => remove(index))}
      </div>`,
    )}
    ${disabled ? nothing : html`<button type="button" class="link-button" @click=${() => set({ options: [...options, ''] })}><i class="codicon codicon-add" aria-hidden="true"></i>${names.addOption}</button>`}
  </fieldset>`;
}

/** The part of the clip that something is about; taken from the marks or the selected segment. */
export function spanField(session: AnnotateSession, span: AnnotatedSpan | undefined, disabled: boolean, set: (span: AnnotatedSpan | null) => void): TemplateResult | typeof nothing {
  const names = texts();
  const { isPicture } = session;
  if (isPicture && !span) {
    return nothing;
  }
  const take = (): void => {
    const marked = markedSpan(session) ?? session.lastSpan;
    if (marked) {
      set({ start: marked.start, end: marked.end });
    } else {
      session.announce(names.saidNoSegment);
    }
  };
  return html`<div class="field">
    <span>${names.span}</span>
    <div class="span-row">
      ${span
        ? html`<button type="button" class="link-button" ?disabled=${isPicture} @click=${() => session.controller.play(span)}>${formatTime(span.start, 2)}–${formatTime(span.end, 2)}</button>`
        : html`<span class="quiet">${names.wholeClip}</span>`}
      ${disabled || isPicture ? nothing : iconButton('pin', names.takeSpan, take)} ${disabled || !span ? nothing : iconButton('close', names.clearPart, () => set(null))}
    </div>
  </div>`;
}
