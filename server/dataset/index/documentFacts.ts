import { type AnnotationDocument, type AnnotationList, type AnnotationStatus, type ClipFilter, type ClipProgress, statusOf } from '../../protocol/index.js';

export const annotationLists = ['segments', 'questions', 'conversations'] as const satisfies readonly AnnotationList[];

/** Items of a document that are alike in all that is asked for. */
export interface ItemGroup {
  list: AnnotationList;
  status: AnnotationStatus | 'own';
  label?: string;
  author?: string;
  reviewer?: string;
  count: number;
}

/** What the index knows of a document. Documents with the same facts share one of these. */
export interface DocumentFacts {
  groups: readonly ItemGroup[];
  items: number;
  /** Still `suggested`. */
  toReview: number;
  progress: ClipProgress;
}

/** An item as filters see it. */
export type ItemKind = Omit<ItemGroup, 'count'>;
export type ItemFilter = Pick<ClipFilter, 'label' | 'status' | 'annotator'>;

export const noItems: DocumentFacts = { groups: [], items: 0, toReview: 0, progress: 'unlabelled' };

/** Items in the order of their document. */
export function* itemsOf(document: AnnotationDocument): Iterable<ItemKind & { id: string }> {
  for (const list of annotationLists) {
    for (const item of document[list]) {
      const { author, reviewer } = item.provenance ?? {};
      yield {
        id: item.id,
        list,
        status: statusOf(item),
        ...('label' in item && item.label !== undefined ? { label: item.label } : {}),
        ...(author === undefined ? {} : { author }),
        ...(reviewer === undefined ? {} : { reviewer }),
      };
    }
  }
}

/** Whether an item passes those filters that are about items. */
export function itemPasses(item: ItemKind, { label, status, annotator }: ItemFilter): boolean {
  return (
    (label === undefined || item.label === label) &&
    (status === undefined || item.status === status) &&
    (annotator === undefined || item.author === annotator || item.reviewer === annotator)
  );
}

export function countItems({ groups }: DocumentFacts, filter: ItemFilter): number {
  return groups.reduce((sum, group) => (itemPasses(group, filter) ? sum + group.count : sum), 0);
}

/** Makes facts, each only once. */
export class FactsPool {
  private readonly groups = new Map<string, ItemGroup>();
  private readonly facts = new Map<string, DocumentFacts>();

  of(document: AnnotationDocument): DocumentFacts {
    const counts = new Map<string, ItemGroup>();
    for (const { id: _, ...kind } of itemsOf(document)) {
      const key = JSON.stringify(kind);
      const group = counts.get(key);
      if (group) {
        group.count++;
      } else {
        counts.set(key, { ...kind, count: 1 });
      }
    }
    return this.ofGroups([...counts.values()]);
  }

  ofGroups(groups: readonly ItemGroup[]): DocumentFacts {
    const key = JSON.stringify(groups);
    const known = this.facts.get(key);
    if (known) {
      return known;
    }
    const shared = groups.map((group) => {
      const of = JSON.stringify(group);
      const same = this.groups.get(of) ?? group;
      this.groups.set(of, same);
      return same;
    });
    const items = groups.reduce((sum, { count }) => sum + count, 0);
    const toReview = groups.reduce((sum, { status, count }) => (status === 'suggested' ? sum + count : sum), 0);
    const facts = { groups: shared, items, toReview, progress: progressOf(items, toReview) };
    this.facts.set(key, facts);
    return facts;
  }
}

function progressOf(items: number, toReview: number): ClipProgress {
  if (toReview === 0) {
    return items === 0 ? 'unlabelled' : 'done';
  }
  return toReview === items ? 'suggested' : 'inReview';
}
