import type { AnnotatedSegment, AnnotationDocument, AnnotationItems, AnnotationList } from '../../../server/protocol/annotation.js';
import { statusOf } from '../../../server/protocol/annotation.js';

/** What commands act on. The last one is what the details show. */
export interface Selection {
  list: AnnotationList;
  ids: readonly string[];
}

export const nothingSelected: Selection = { list: 'segments', ids: [] };

const sorted = new WeakMap<readonly AnnotatedSegment[], readonly AnnotatedSegment[]>();

/** Segments by start. */
export function byTime(segments: readonly AnnotatedSegment[]): readonly AnnotatedSegment[] {
  const known = sorted.get(segments);
  if (known) {
    return known;
  }
  const result = segments.toSorted((a, b) => a.start - b.start || a.end - b.end);
  sorted.set(segments, result);
  return result;
}

/** Items of a list in the order in which people go through them. */
export function inOrder<List extends AnnotationList>(document: AnnotationDocument, list: List): readonly AnnotationItems[List][] {
  const items: readonly AnnotationItems[AnnotationList][] = list === 'segments' ? byTime(document.segments) : document[list];
  return items as readonly AnnotationItems[List][];
}

/** The selected items that are still there. */
export function selectedItems<List extends AnnotationList>(document: AnnotationDocument, list: List, selection: Selection): AnnotationItems[List][] {
  if (selection.list !== list || selection.ids.length === 0) {
    return [];
  }
  const items = new Map((document[list] as AnnotationItems[List][]).map((item) => [item.id, item]));
  return selection.ids.flatMap((id) => items.get(id) ?? []);
}

/** The next or previous item of a list, from the selected one, or from a time where none is selected. */
export function neighbour(
  document: AnnotationDocument,
  selection: Selection,
  by: 1 | -1,
  seconds: number,
  only: (item: AnnotationItems[AnnotationList]) => boolean = () => true,
): string | undefined {
  const items: readonly AnnotationItems[AnnotationList][] = inOrder(document, selection.list);
  const from = items.findIndex(({ id }) => id === selection.ids.at(-1));
  if (from < 0) {
    const candidates = items.filter(only);
    const at = (item: AnnotationItems[AnnotationList]): number => ('start' in item ? item.start : by * Infinity);
    return (by > 0 ? (candidates.find((item) => at(item) >= seconds - 1e-6) ?? candidates[0]) : (candidates.findLast((item) => at(item) <= seconds) ?? candidates.at(-1)))?.id;
  }
  for (let index = from + by; index >= 0 && index < items.length; index += by) {
    const item = items[index];
    if (item && only(item)) {
      return item.id;
    }
  }
  return undefined;
}

export function isToReview(item: AnnotationItems[AnnotationList]): boolean {
  return statusOf(item) === 'suggested';
}
