import type { ClipProgress, FolderEntry } from '../../protocol/index.js';
import type { IndexSummary } from './datasetIndex.js';
import { clipsBelow } from './clipSelection.js';
import { type DocumentFacts, noItems } from './documentFacts.js';
import type { IndexedClip } from './indexedClip.js';

const mostNames = 1000;

const noProgress = (): Record<ClipProgress, number> => ({ unlabelled: 0, suggested: 0, inReview: 0, done: 0 });

/** Counts over all clips. */
export function summaryOf(clips: readonly IndexedClip[]): IndexSummary {
  const progress = noProgress();
  const documents = new Map<DocumentFacts, number>();
  for (const { document } of clips) {
    const facts = document?.facts ?? noItems;
    progress[facts.progress]++;
    documents.set(facts, (documents.get(facts) ?? 0) + 1);
  }
  const labels = new Map<string, number>();
  const annotators = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string, count: number): unknown => counts.set(name, (counts.get(name) ?? 0) + count);
  for (const [{ groups }, times] of documents) {
    for (const { list, label, author, reviewer, count } of groups) {
      if (list === 'segments' && label !== undefined) {
        add(labels, label, count * times);
      }
      for (const name of new Set([author, reviewer])) {
        if (name !== undefined) {
          add(annotators, name, count * times);
        }
      }
    }
  }
  return {
    clips: clips.length,
    progress,
    labels: mostFirst(labels).map(([label, segments]) => ({ label, segments })),
    annotators: mostFirst(annotators).map(([annotator, items]) => ({ annotator, items })),
  };
}

function mostFirst(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, mostNames);
}

/**
 * What is directly below a folder.
 *
 * @param clips in the order of paths: those of one folder stand together
 * @param folder with `/`; empty: the dataset itself
 */
export function folderOf(clips: readonly IndexedClip[], folder: string): { folders: FolderEntry[]; clips: IndexedClip[] } {
  const skipped = folder === '' ? 0 : folder.length + 1;
  const folders: FolderEntry[] = [];
  const own: IndexedClip[] = [];
  let current: FolderEntry | undefined;
  for (const clip of folder === '' ? clips : clipsBelow(clips, folder)) {
    const slash = clip.path.indexOf('/', skipped);
    if (slash < 0) {
      own.push(clip);
      continue;
    }
    if (!current || current.path.length !== slash || !clip.path.startsWith(current.path)) {
      current = { path: clip.path.slice(0, slash), clips: 0, progress: noProgress() };
      folders.push(current);
    }
    current.clips++;
    current.progress[(clip.document?.facts ?? noItems).progress]++;
  }
  return { folders, clips: own };
}
