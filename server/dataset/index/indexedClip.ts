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
