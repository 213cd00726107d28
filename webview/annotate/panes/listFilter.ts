import { type AnnotationDocument, type AnnotationItems, type AnnotationList, type AnnotationStatus, statusOf } from '../../../server/protocol/annotation.js';
import { inOrder, isToReview } from '../session/selection.js';

export interface ListFilter {
  /** Part of any text of an item, any case. */
  text: string;
  status: AnnotationStatus | 'own' | '';
  label: string;
  /** What is to review comes before the rest. */
  reviewFirst: boolean;
}

export const noFilter: ListFilter = { text: '', status: '', label: '', reviewFirst: true };

export interface ListRow {
  id: string;
  list: AnnotationList;
  /** Where it begins, if it is about a part. */
  start?: number;
  label?: string;
  text: string;
  status: AnnotationStatus | 'own';
}

/** The items of a list that a filter lets through, in the order to show them in. */
export function filteredRows(document: AnnotationDocument, list: AnnotationList, filter: ListFilter): ListRow[] {
  const wanted = filter.text.trim().toLocaleLowerCase();
  const items: readonly AnnotationItems[AnnotationList][] = inOrder(document, list);
  const found = items.filter(
    (item) =>
      (filter.status === '' || statusOf(item) === filter.status) &&
      (filter.label === '' || ('label' in item && item.label === filter.label)) &&
      (wanted === '' || wordsOf(item).some((words) => words.toLocaleLowerCase().includes(wanted))),
  );
  const ordered = filter.reviewFirst ? [...found.filter(isToReview), ...found.filter((item) => !isToReview(item))] : found;
  return ordered.map((item) => row(list, item));
}

function row(list: AnnotationList, item: AnnotationItems[AnnotationList]): ListRow {
  const shared = { id: item.id, list, status: statusOf(item) };
  if ('start' in item) {
    return { ...shared, start: item.start, label: item.label, text: item.caption ?? '' };
  }
  if ('question' in item) {
    return { ...shared, start: item.span?.start, text: item.question };
  }
  const first = 'turns' in item ? item.turns.find(({ role }) => role !== 'system') : undefined;
  return { ...shared, start: first?.span?.start, text: first?.text ?? '' };
}

function wordsOf(item: AnnotationItems[AnnotationList]): string[] {
  if ('start' in item) {
    return [item.label ?? '', item.caption ?? '', ...Object.values(item.attributes ?? {}).map(String)];
  }
  if ('question' in item) {
    return [item.question, item.answer ?? '', ...(item.options ?? [])];
  }
  return 'turns' in item ? item.turns.map(({ text }) => text) : [];
}
