import { type AnnotationList, type SearchKind, searchKinds, type Segment } from '../protocol/index.js';

/** What is found by words. */
export const wordKinds = searchKinds.filter((kind) => kind !== 'pictures');

/** The part of a clip whose pictures were embedded; it has no rows. */
export const picturesPart = 'pictures';

/** Something that a clip can be found by. */
export interface SearchRow extends Segment {
  kind: SearchKind;
  text: string;
  source: string;
  confidence?: number;
  count?: number;
  bestSeconds?: number;
  document?: { path: string; list?: AnnotationList; itemId?: string };
}

/** The time of what is true of a clip from its beginning to its end, however long that is. */
export const wholeClip: Segment = { startSeconds: 0, endSeconds: -1 };

export function isWholeClip({ endSeconds }: Segment): boolean {
  return endSeconds < 0;
}

/** What one source tells of a clip. */
export interface ClipPart {
  source: string;
  /** Another whenever the source would tell something else. */
  stamp: string;
  rows: SearchRow[];
}

/** What changes of a clip. Parts of other sources stay. */
export interface ClipEntry {
  /** Absolute. */
  path: string;
  parts: ClipPart[];
  /** Sources that have nothing any more. */
  gone: string[];
}

/** Stamps of what is kept of a clip, by source. */
export interface KnownClip {
  path: string;
  stamps: Record<string, string>;
}

/** What is more than any source should tell of one clip. */
export const mostRows = 10_000;
export const longestText = 2000;
