import type { Segment } from '../protocol/index.js';

/** Longest and shortest windows that may be asked for, in seconds. */
export const windowBounds = { shortest: 0.5, longest: 8, usual: 4 };

/**
 * Cuts a clip where shots begin, and what is still long into equal windows that follow one another without gaps. The
 * whole clip is cut, whatever part is wanted: a part's windows are windows of the whole, and their captions too.
 *
 * @param cuts where shots begin, ascending
 * @param windowSeconds a window is never longer; brought into {@link windowBounds}
 * @param span only windows that have to do with it
 */
export function cutCaptionWindows(durationSeconds: number, cuts: readonly number[], windowSeconds: number = windowBounds.usual, span?: Segment): Segment[] {
  const longest = Math.min(windowBounds.longest, Math.max(windowBounds.shortest, windowSeconds));
  const edges = [0, ...apart(cuts, durationSeconds), durationSeconds];
  const windows = edges.slice(0, -1).flatMap((start, shot) => evenWindows(start, edges[shot + 1] ?? start, longest));
  return span ? windows.filter((window) => overlaps(window, span)) : windows;
}

/** Equal windows of at most that length, one after the other. */
export function evenWindows(start: number, end: number, longest: number): Segment[] {
  // A clip of some frames more than a round number of windows has no window more for them.
  const parts = end > start ? Math.max(1, Math.ceil((end - start) / longest - 0.02)) : 0;
  const edge = (part: number): number => roundedTime(part === parts ? end : start + ((end - start) * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({ startSeconds: edge(part), endSeconds: edge(part + 1) }));
}

export function overlaps(a: Segment, b: Segment): boolean {
  return a.startSeconds < b.endSeconds && a.endSeconds > b.startSeconds;
}

/** A shot that is shorter than the shortest window belongs to the one before. */
function apart(cuts: readonly number[], end: number): number[] {
  const kept: number[] = [];
  for (const cut of cuts) {
    if (cut - (kept.at(-1) ?? 0) >= windowBounds.shortest && end - cut >= windowBounds.shortest) kept.push(cut);
  }
  return kept;
}

/** Milliseconds: what is written down and what is cut again must be the same. */
function roundedTime(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
