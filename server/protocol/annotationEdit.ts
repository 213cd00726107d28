import type { AnnotatedMedia, AnnotationDocument, AnnotationItems, AnnotationList, Provenance } from './annotation.js';

/**
 * One change of an annotation document. Edits name items by id and fields by name, so that they can be applied to a
 * text that somebody else has changed meanwhile: what they do not name stays as it is.
 */
export type AnnotationEdit =
  | { [List in AnnotationList]: { op: 'add'; list: List; item: AnnotationItems[List] } }[AnnotationList]
  /** `null` takes a field away. */
  | { [List in AnnotationList]: { op: 'patch'; list: List; id: string; set: FieldChanges<AnnotationItems[List]> } }[AnnotationList]
  | { op: 'remove'; list: AnnotationList; id: string }
  | { op: 'clip'; set: FieldChanges<ClipFields> };

export interface ClipFields {
  media: AnnotatedMedia;
  description?: string;
  descriptionProvenance?: Provenance;
  tags?: string[];
}

export type FieldChanges<Item> = { [Field in keyof Omit<Item, 'id'>]?: Item[Field] | null };

/** Why an edit could not be applied; the document is then left as it was. */
export type EditRefusal = { edit: AnnotationEdit; reason: 'idTaken' | 'noSuchItem' };

/**
 * The document after some edits, all or none. Items that are not touched are the same objects as before. A new
 * segment goes behind the last one that begins no later; other items go to the end.
 */
export function applyAnnotationEdits(
  document: AnnotationDocument,
  edits: readonly AnnotationEdit[],
): { document: AnnotationDocument; refused?: undefined } | { document?: undefined; refused: EditRefusal } {
  let result = document;
  for (const edit of edits) {
    const next = applyOne(result, edit);
    if (typeof next === 'string') {
      return { refused: { edit, reason: next } };
    }
    result = next;
  }
  return { document: result };
}

function applyOne(document: AnnotationDocument, edit: AnnotationEdit): AnnotationDocument | EditRefusal['reason'] {
  if (edit.op === 'clip') {
    return withFields(document, edit.set);
  }
  const items: readonly { id: string }[] = document[edit.list];
  if (edit.op === 'add') {
    if (items.some((each) => each.id === edit.item.id)) {
      return 'idTaken';
    }
    const at = edit.list === 'segments' ? placeOf(document, edit.item.start) : items.length;
    return { ...document, [edit.list]: [...items.slice(0, at), edit.item, ...items.slice(at)] };
  }
  const at = items.findIndex((each) => each.id === edit.id);
  const found = items[at];
  if (!found) {
    return 'noSuchItem';
  }
  const changed = edit.op === 'patch' ? [withFields(found, edit.set)] : [];
  return { ...document, [edit.list]: [...items.slice(0, at), ...changed, ...items.slice(at + 1)] };
}

function placeOf({ segments }: AnnotationDocument, start: number): number {
  let at = segments.length;
  while (at > 0 && (segments[at - 1]?.start ?? 0) > start) {
    at--;
  }
  return at;
}

function withFields<Item extends object>(item: Item, set: object): Item {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(item));
  for (const [field, value] of Object.entries(set)) {
    if (value === null) {
      delete result[field];
    } else if (value !== undefined) {
      result[field] = value;
    }
  }
  return result as Item;
}
