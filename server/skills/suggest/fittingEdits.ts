import {
  type AnnotatedConversation,
  type AnnotatedSegment,
  type AnnotatedSpan,
  type AnnotationDocument,
  type AnnotationEdit,
  applyAnnotationEdits,
} from '../../protocol/index.js';
import { sameText } from './cleanAnswer.js';

/** Times closer than this are the same to a reader, in seconds. */
const nearSeconds = 0.05;

/**
 * Those suggestions that a document has a place for: new items that it does not have in other words, fields that are
 * still empty. What a person has written, rejected or removed since the model was asked stays as it is.
 *
 * @returns also the document with them
 */
export function fittingEdits(document: AnnotationDocument, edits: readonly AnnotationEdit[]): { document: AnnotationDocument; fitting: AnnotationEdit[] } {
  const fitting: AnnotationEdit[] = [];
  let now = document;
  for (const edit of edits) {
    const applied = fits(now, edit) ? applyAnnotationEdits(now, [edit]).document : undefined;
    if (applied) {
      now = applied;
      fitting.push(edit);
    }
  }
  return { document: now, fitting };
}

function fits(document: AnnotationDocument, edit: AnnotationEdit): boolean {
  switch (edit.op) {
    case 'add':
      return !isKnown(document, edit);
    case 'patch': {
      const item = document[edit.list].find(({ id }) => id === edit.id);
      const refused = item?.provenance?.refused ?? [];
      const mayBeSaid = item?.provenance?.status !== 'rejected' && !Object.keys(edit.set).some((field) => refused.includes(field));
      return item !== undefined && mayBeSaid && areEmpty(item, edit.set, 'provenance');
    }
    case 'clip':
      return areEmpty(document, edit.set, 'descriptionProvenance');
    case 'remove':
      return false;
  }
}

/** Whether nothing stands where something is to be written. */
function areEmpty(target: object, set: object, except: string): boolean {
  const now = new Map<string, unknown>(Object.entries(target));
  const isEmpty = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  return Object.keys(set).every((field) => field === except || isEmpty(now.get(field)));
}

function isKnown(document: AnnotationDocument, edit: Extract<AnnotationEdit, { op: 'add' }>): boolean {
  switch (edit.list) {
    case 'segments':
      return document.segments.some((segment) => isSameSegment(segment, edit.item));
    case 'questions':
      return document.questions.some(({ question }) => sameText(question, edit.item.question));
    case 'conversations':
      return document.conversations.some((conversation) => isSameConversation(conversation, edit.item));
  }
}

/** Of what was noticed again: how much of both is the same time. */
const sameShare = 0.5;

/** The same caption about the same time; of a segment without one, the same label about much the same time, or the same times. */
function isSameSegment(known: AnnotatedSegment, item: AnnotatedSegment): boolean {
  const isNear = Math.abs(known.start - item.start) < nearSeconds && Math.abs(known.end - item.end) < nearSeconds;
  const overlap = known.start < item.end && known.end > item.start;
  if (known.track !== undefined && item.track !== undefined && known.track !== item.track) {
    return false;
  }
  if (item.caption !== undefined) {
    return overlap && sameText(known.caption, item.caption);
  }
  if (item.label !== undefined && known.label !== undefined) {
    return sameText(known.label, item.label) && (isNear || overlapShare(known, item) > sameShare);
  }
  return isNear;
}

function isSameConversation(known: AnnotatedConversation, item: AnnotatedConversation): boolean {
  return known.turns.length === item.turns.length && known.turns.every((turn, index) => turn.role === item.turns[index]?.role && sameText(turn.text, item.turns[index]?.text));
}

function overlapShare(a: AnnotatedSpan, b: AnnotatedSpan): number {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return shared / (Math.max(a.end, b.end) - Math.min(a.start, b.start));
}
