import * as z from 'zod/mini';
import type { DatasetFolder } from '../datasetFolder.js';
import { splitFinder } from '../splitOf.js';
import { annotationLists, type DocumentFacts, type FactsPool, type ItemGroup } from './documentFacts.js';
import { clipKeys, type IndexedClip, type IndexedDocument } from './indexedClip.js';
import { SeenDataset } from './seenDataset.js';

const name = z.optional(z.string());
const groupSchema = z.strictObject({
  list: z.enum(annotationLists),
  status: z.enum(['own', 'suggested', 'accepted', 'edited', 'rejected']),
  label: name,
  author: name,
  reviewer: name,
  count: z.int().check(z.minimum(1)),
}) satisfies z.ZodMiniType<ItemGroup>;

/** Columns: a hundred thousand small objects would take longer to read than the folders themselves. */
export interface DocumentColumns {
  keys: string[];
  bytes: number[];
  times: number[];
  /** Position in `facts`; −1: cannot be read. */
  factsOf: number[];
  media: [at: number, path: string][];
  /** Positions in `groups`. */
  facts: number[][];
  groups: ItemGroup[];
}

/** Clips in the order of paths. */
export interface ClipColumns {
  /** The position of its document among the keys, or its own key where it has none. */
  clips: (number | string)[];
  /** Position of its media root; empty: there is only one. */
  roots: number[];
  /** Positions of those that are not there. */
  missing: number[];
  /** Those whose key does not say where clip and document lie. */
  odd: { at: number; document?: number; clip: Omit<IndexedClip, 'document' | 'split'> }[];
  others: string[];
}

export function toDocumentColumns(documents: ReadonlyMap<string, IndexedDocument>): DocumentColumns {
  const columns: DocumentColumns = { keys: [], bytes: [], times: [], factsOf: [], media: [], facts: [], groups: [] };
  const places = new Map<DocumentFacts | ItemGroup, number>();
  const place = <T extends DocumentFacts | ItemGroup>(item: T, add: (item: T) => number): number => {
    const at = places.get(item) ?? add(item) - 1;
    places.set(item, at);
    return at;
  };
  const addFacts = ({ groups }: DocumentFacts): number =>
    columns.facts.push(groups.map((group) => place(group, (each) => columns.groups.push(each))));
  for (const [key, { bytes, changedMs, facts, media }] of documents) {
    const at = columns.keys.push(key) - 1;
    columns.bytes.push(bytes);
    columns.times.push(changedMs);
    columns.factsOf.push(facts ? place(facts, addFacts) : -1);
    if (media !== undefined) {
      columns.media.push([at, media]);
    }
  }
  return columns;
}

/** Documents in the order of their keys. */
export function fromDocumentColumns(columns: DocumentColumns, pool: FactsPool): IndexedDocument[] {
  const groups = z.array(groupSchema).parse(columns.groups);
  const facts = columns.facts.map((list) => pool.ofGroups(list.map((at) => groups[at]).filter((group) => group !== undefined)));
  const documents = columns.keys.map((_, i): IndexedDocument => {
    const document: IndexedDocument = { bytes: columns.bytes[i] ?? 0, changedMs: columns.times[i] ?? -1 };
    const of = columns.factsOf[i] ?? -1;
    const known = of < 0 ? undefined : facts[of];
    if (known) {
      document.facts = known;
    }
    return document;
  });
  for (const [at, media] of columns.media) {
    const document = documents[at];
    if (document) {
      document.media = media;
    }
  }
  return documents;
}

export function toClipColumns({ dataset, clips, others }: SeenDataset, documents: ReadonlyMap<string, IndexedDocument>): ClipColumns {
  const columns: ClipColumns = { clips: [], roots: [], missing: [], odd: [], others: [...others] };
  const { keyOf, placeOf } = clipKeys(dataset);
  const hasRoots = clips.some(({ root }) => root > 0);
  const places = new Map([...documents.keys()].map((key, i) => [key, i]));
  let reverse: Map<IndexedDocument, number> | undefined;
  for (const [at, { document, split: _, ...clip }] of clips.entries()) {
    const key = keyOf(clip.root, clip.name);
    columns.clips.push(places.get(key) ?? key);
    if (hasRoots) {
      columns.roots.push(clip.root);
    }
    if (clip.documentPath !== undefined || clip.videoPath !== undefined || placeOf(clip.root, key).path !== clip.path) {
      reverse ??= new Map([...documents.values()].map((each, i) => [each, i]));
      const known = document && reverse.get(document);
      columns.odd.push({ at, clip, ...(known === undefined ? {} : { document: known }) });
    } else if (clip.missing) {
      columns.missing.push(at);
    }
  }
  return columns;
}

/** Objects are filled one member after the other: spreading a hundred thousand takes as long as all the rest. */
export function fromClipColumns(columns: ClipColumns, dataset: DatasetFolder, keys: readonly string[], documents: readonly IndexedDocument[]): SeenDataset {
  const { placeOf } = clipKeys(dataset);
  const splitOf = splitFinder(dataset.manifest);
  const hasRoots = columns.roots.length > 0;
  const missing = new Set(columns.missing);
  const odd = new Map(columns.odd.map((each) => [each.at, each]));
  const clips = columns.clips.map((of, at): IndexedClip => {
    const strange = odd.get(at);
    const root = hasRoots ? (columns.roots[at] ?? 0) : 0;
    const { path, name } = strange ? strange.clip : placeOf(root, typeof of === 'number' ? (keys[of] ?? '') : of);
    const clip: IndexedClip = { path, root, name };
    const documentAt = strange ? strange.document : typeof of === 'number' ? of : undefined;
    const document = documentAt === undefined ? undefined : documents[documentAt];
    if (document) {
      clip.document = document;
    }
    const split = splitOf(name);
    if (split !== undefined) {
      clip.split = split;
    }
    if (missing.has(at)) {
      clip.missing = true;
    }
    return strange ? { ...clip, ...strange.clip } : clip;
  });
  return new SeenDataset(dataset, clips, columns.others);
}
