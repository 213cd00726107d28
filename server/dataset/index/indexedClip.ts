import { isAbsolute, relative, sep } from 'node:path';
import type { DatasetFolder } from '../datasetFolder.js';
import type { DocumentFacts } from './documentFacts.js';

/** A document as it was read last. */
export interface IndexedDocument {
  bytes: number;
  /** Time of its last change in milliseconds; −1: read so soon after it that another change may look the same. */
  changedMs: number;
  /** Left out: it cannot be read. */
  facts?: DocumentFacts;
  /** Where it says that its clip is, if that is not what its own name says. */
  media?: string;
}

/** A clip of a dataset, or a document without one. */
export interface IndexedClip {
  /** Relative to the dataset, with `/`; absolute on another drive. */
  path: string;
  /** Position of its media root. */
  root: number;
  /** Below that root, with `/`. */
  name: string;
  split?: string;
  document?: IndexedDocument;
  /** There is only a document. */
  missing?: boolean;
  /** Where the document or the clip is not where its name says; absolute. */
  documentPath?: string;
  videoPath?: string;
}

/** A path as datasets name it: relative to them, with `/`; absolute on another drive. */
export function datasetPath(dataset: DatasetFolder, path: string): string {
  const found = relative(dataset.path, path);
  return (isAbsolute(found) ? path : found).split(sep).join('/');
}

/** Of each media root, as datasets name it: with `/` at the end, or empty. */
export function rootPrefixes(dataset: DatasetFolder): string[] {
  return dataset.mediaRoots.map((root) => {
    const path = datasetPath(dataset, root);
    return path === '' ? '' : `${path}/`;
  });
}

/**
 * The key of a clip is that of its document: its name below the media root where documents lie apart, below the dataset
 * where they lie beside the clips.
 */
export function clipKeys(dataset: DatasetFolder): {
  keyOf(root: number, name: string): string;
  placeOf(root: number, key: string): Pick<IndexedClip, 'path' | 'name'>;
} {
  const prefixes = rootPrefixes(dataset);
  if (dataset.documentRoot !== undefined) {
    return { keyOf: (_, name) => name, placeOf: (root, key) => ({ path: `${prefixes[root] ?? ''}${key}`, name: key }) };
  }
  return {
    keyOf: (root, name) => `${prefixes[root] ?? ''}${name}`,
    placeOf: (root, key) => ({ path: key, name: key.slice(prefixes[root]?.length ?? 0) }),
  };
}

/** Whether two lists say the same of the same clips. */
export function sameClips(before: readonly IndexedClip[], now: readonly IndexedClip[]): boolean {
  return before.length === now.length && before.every((clip, i) => sameClip(clip, now[i]));
}

function sameClip(a: IndexedClip, b: IndexedClip | undefined): boolean {
  return (
    a.path === b?.path &&
    a.root === b.root &&
    a.name === b.name &&
    a.split === b.split &&
    a.missing === b.missing &&
    a.documentPath === b.documentPath &&
    a.videoPath === b.videoPath &&
    (a.document === b.document || sameDocument(a.document, b.document))
  );
}

function sameDocument(a: IndexedDocument | undefined, b: IndexedDocument | undefined): boolean {
  const haveFacts = a?.facts !== undefined && b?.facts !== undefined;
  return haveFacts ? a.facts === b.facts || JSON.stringify(a.facts) === JSON.stringify(b.facts) : !a === !b && !a?.facts === !b?.facts;
}

export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** Position of the first of sorted clips whose path is no smaller. */
export function lowerBound(clips: readonly { path: string }[], path: string): number {
  let low = 0;
  let high = clips.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clips[middle]?.path ?? '') < path) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
