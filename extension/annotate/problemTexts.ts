import type { FoundProblem } from '../../server/common/annotations/readAnnotations.js';
import type { TextLines } from '../../server/common/annotations/textLines.js';
import { type AnnotationProblem, type PanelProblem, type Phrase, renderPhrase } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { AnnotationModel, ModelRefusal } from './annotationModel.js';

/** Says a phrase of the annotations' code in the editor's language. */
export function said(words: string | Phrase, t: Translate): string {
  return renderPhrase(words, (template) => t(template));
}

/** Problems of a document as pages have them. @param eolLength of a line's end in the editor's text */
export function toProblems({ problems, lines }: Pick<AnnotationModel, 'problems' | 'lines'>, eolLength: number, t: Translate): AnnotationProblem[] {
  return problems.map((problem) => ({ ...problem, ...inEditor(problem, lines, eolLength), message: said(problem.message, t) }));
}

function inEditor({ offset, length }: FoundProblem, lines: TextLines, eolLength: number): { offset: number; length: number } {
  if (eolLength === 1) {
    return { offset, length };
  }
  const start = offset + lines.place(offset).line;
  return { offset: start, length: offset + length + lines.place(offset + length).line - start };
}

/** Why a change was not made, and what helps. */
export function refusalProblem(refusal: ModelRefusal, t: Translate): PanelProblem {
  switch (refusal) {
    case 'noSuchItem':
      return { message: t('This change no longer fits: what it changes is gone.'), hint: t('It was removed in the text meanwhile.') };
    case 'idTaken':
      return { message: t('There is an item with this id already.'), hint: t('Try again.') };
    case 'unreadable':
      return { message: t('The text cannot be read as annotations, so it was left alone.'), hint: t('Repair it as text first; the Problems view says what is wrong.') };
    case 'tooLarge':
      return { message: t('The document would become too large to be opened again.'), hint: t('Split it, or remove what is not needed.') };
    case 'notWritable':
      return { message: t('This document cannot be changed.'), hint: t('It may be read-only, or come from somewhere that cannot be written to.') };
  }
}
