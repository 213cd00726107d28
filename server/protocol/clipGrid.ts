import type { AnnotatedSpan } from './annotation.js';
import { type FrameTimes, frameAt, nearestEdge, roundTime, timeOfFrame } from './frameTimes.js';

/** What times of a clip may be. */
export interface ClipGrid {
  /** Presentation times of its frames; empty while they are not known: then any time is as good. */
  times: FrameTimes;
  /** 0 while it is not known: then there is no end. */
  durationSeconds: number;
  /** Times are put on frame edges. */
  snap: boolean;
}

/** A shorter span cannot be seen or aimed at. Where frames are known, one frame is the shortest. */
export const shortestSpan = 0.001;

export function hasFrames(grid: ClipGrid): boolean {
  return grid.snap && grid.times.length > 0;
}

/** End of the clip; behind its last frame even where its length was told wrong. */
export function clipEnd({ times, durationSeconds }: ClipGrid): number {
  const last = times.at(-1);
  const known = durationSeconds > 0 ? durationSeconds : last === undefined ? Infinity : 0;
  return roundTime(last === undefined ? known : Math.max(known, last + shortestSpan));
}

/** Number of the frame edge nearest to a time: 0 is the beginning of frame 0, the number of frames the clip's end. */
export function edgeIndex(grid: ClipGrid, seconds: number): number {
  const frame = frameAt(grid.times, seconds);
  const isNext = nearestEdge(grid.times, seconds, clipEnd(grid)) > roundTime(timeOfFrame(grid.times, frame, clipEnd(grid)));
  return isNext ? frame + 1 : frame;
}

export function edgeTime(grid: ClipGrid, index: number): number {
  return roundTime(timeOfFrame(grid.times, index, clipEnd(grid)));
}

/** A time within the clip, on a frame edge where that is asked for. */
export function fitTime(grid: ClipGrid, seconds: number): number {
  const inside = Math.min(clipEnd(grid), Math.max(0, seconds));
  return hasFrames(grid) ? edgeTime(grid, edgeIndex(grid, inside)) : roundTime(inside);
}

/** A span within the clip that is not empty, whichever way round it was given; `keep` says which end gives way last. */
export function fitSpan(grid: ClipGrid, a: number, b: number, keep: 'start' | 'end' = 'start'): AnnotatedSpan {
  const [from, to] = a <= b ? [a, b] : [b, a];
  const limit = clipEnd(grid);
  if (hasFrames(grid)) {
    const frames = grid.times.length;
    let first = edgeIndex(grid, Math.min(limit, Math.max(0, from)));
    let last = edgeIndex(grid, Math.min(limit, Math.max(0, to)));
    if (keep === 'start') {
      first = Math.min(first, frames - 1);
      last = Math.max(last, first + 1);
    } else {
      last = Math.max(last, 1);
      first = Math.min(first, last - 1);
    }
    return { start: edgeTime(grid, first), end: edgeTime(grid, last) };
  }
  const shortest = Math.min(shortestSpan, limit);
  const start = Math.min(Math.max(0, from), limit);
  const end = Math.min(Math.max(0, to), limit);
  if (end - start >= shortest) {
    return { start: roundTime(start), end: roundTime(end) };
  }
  return keep === 'start' && start + shortest <= limit
    ? { start: roundTime(start), end: roundTime(start + shortest) }
    : { start: roundTime(Math.max(0, end - shortest)), end: roundTime(Math.max(end, shortest)) };
}

/** The same span elsewhere: as long as before (on frames: as many of them), and within the clip. */
export function moveSpan(grid: ClipGrid, span: AnnotatedSpan, start: number): AnnotatedSpan {
  if (hasFrames(grid)) {
    const frames = grid.times.length;
    const length = Math.min(frames, Math.max(1, edgeIndex(grid, span.end) - edgeIndex(grid, span.start)));
    const first = Math.min(frames - length, Math.max(0, edgeIndex(grid, start)));
    return { start: edgeTime(grid, first), end: edgeTime(grid, first + length) };
  }
  const length = Math.min(span.end - span.start, clipEnd(grid));
  const first = Math.min(clipEnd(grid) - length, Math.max(0, start));
  return fitSpan(grid, first, first + length);
}
