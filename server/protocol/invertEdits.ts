import type { AnnotationDocument } from './annotation.js';
import { type AnnotationEdit, applyAnnotationEdits } from './annotationEdit.js';

/**
 * The edits that take some edits back: applied to the document after them, they give the one before, up to the order
 * of items. Nothing where the edits cannot be applied.
 */
export function invertEdits(document: AnnotationDocument, edits: readonly AnnotationEdit[]): AnnotationEdit[] | undefined {
  const inverse: AnnotationEdit[] = [];
  let now = document;
  for (const edit of edits) {
    const next = applyAnnotationEdits(now, [edit]).document;
    if (!next) {
      return undefined;
    }
    inverse.unshift(invertOne(now, edit));
    now = next;
  }
  return inverse;
}

function invertOne(before: AnnotationDocument, edit: AnnotationEdit): AnnotationEdit {
  switch (edit.op) {
    case 'add':
      return { op: 'remove', list: edit.list, id: edit.item.id };
    case 'clip':
      return { op: 'clip', set: oldValues(before, edit.set) };
    case 'patch':
      return { op: 'patch', list: edit.list, id: edit.id, set: oldValues(item(before, edit), edit.set) };
    case 'remove':
      return { op: 'add', list: edit.list, item: item(before, edit) } as AnnotationEdit;
  }
}

function item(document: AnnotationDocument, { list, id }: Extract<AnnotationEdit, { op: 'patch' | 'remove' }>): { id: string } {
  return document[list].find((each) => each.id === id) ?? { id };
}

function oldValues(item: object, set: object): Record<string, null> {
  const old = new Map<string, unknown>(Object.entries(item));
  return Object.fromEntries(Object.keys(set).map((field) => [field, (old.get(field) ?? null) as null]));
}
