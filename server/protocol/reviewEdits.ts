import type { AnnotationItems, AnnotationList, Provenance } from './annotation.js';
import type { AnnotationEdit, FieldChanges } from './annotationEdit.js';

/** Who works, and when: written into provenance. */
export interface Hand {
  annotator: string;
  /** ISO 8601, UTC. */
  at: string;
}

/** Provenance of what a person makes. */
export function madeBy(hand: Hand): Provenance {
  return { ...(hand.annotator === '' ? {} : { author: hand.annotator }), at: hand.at };
}

/**
 * Provenance of an item that a person has changed. A suggestion, or what became of one, is `edited` from then on; what
 * a person made stays as it is (then this is nothing).
 */
export function changedBy(provenance: Provenance | undefined, hand: Hand): Provenance | undefined {
  return provenance?.status === undefined || isReviewed(provenance, 'edited', hand) ? undefined : reviewed(provenance, 'edited', hand);
}

/** Changes fields of an item, and says so in its provenance. Nothing where nothing would change. */
export function changeItem<List extends AnnotationList>(
  list: List,
  item: AnnotationItems[List],
  set: FieldChanges<AnnotationItems[List]>,
  hand: Hand,
): AnnotationEdit[] {
  const old = new Map<string, unknown>(Object.entries(item));
  const changes = Object.entries(set).filter(([field, value]) => value !== undefined && !same(old.get(field) ?? null, value));
  if (changes.length === 0) {
    return [];
  }
  const provenance = changedBy(item.provenance, hand);
  return [patch(list, item.id, { ...Object.fromEntries(changes), ...(provenance ? { provenance } : {}) })];
}

/**
 * Accepts or rejects an item. Accepting says nothing new of what a person made or changed. Where a suggestion only
 * filled fields, rejecting takes those away, and the item is as it was.
 */
export function decide<List extends AnnotationList>(
  list: List,
  item: AnnotationItems[List],
  status: 'accepted' | 'rejected',
  hand: Hand,
): AnnotationEdit[] {
  const now = item.provenance?.status;
  if (now === status || (status === 'accepted' && (now === undefined || now === 'edited'))) {
    return [];
  }
  const filled = now === 'suggested' ? item.provenance?.filled : undefined;
  if (status === 'rejected' && filled) {
    const { fields, before } = filled;
    const refused = [...new Set([...(before?.refused ?? []), ...fields])];
    return [patch(list, item.id, { ...Object.fromEntries(fields.map((field) => [field, null])), provenance: { ...before, refused } })];
  }
  return [patch(list, item.id, { provenance: reviewed(item.provenance ?? {}, status, hand) })];
}

function reviewed({ filled, ...provenance }: Provenance, status: 'accepted' | 'edited' | 'rejected', hand: Hand): Provenance {
  return { ...provenance, status, ...(filled ? { filled: { fields: filled.fields } } : {}), ...(hand.annotator === '' ? {} : { reviewer: hand.annotator }), reviewedAt: hand.at };
}

/** Typing on is no new review: one change after another would write the document anew each time. */
function isReviewed(provenance: Provenance, status: 'edited', hand: Hand): boolean {
  return provenance.status === status && (provenance.reviewer ?? '') === hand.annotator;
}

function patch(list: AnnotationList, id: string, set: object): AnnotationEdit {
  return { op: 'patch', list, id, set };
}

/** Whether two values of JSON are equal; the order of keys does not matter. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)));
}
