import { frameAt, type FrameTimes } from '../../protocol/index.js';
import { pictureChange } from './thumbnail.js';

/** A frame that was looked at, as far as refining needs it. */
export interface SeenFrame {
  frame: number;
  seconds: number;
  thumbnail: Uint8Array; // [9,16]
}

/** Neighbours that differ by so much have something between them worth a look. */
const worthALook = 0.12;
const closestSeconds = 0.25;

/**
 * Frames between neighbours that differ much, at multiples of a power of two seconds like the grid's; where they differ
 * most first. To be called again with what was seen then.
 *
 * @param seen ascending
 * @param cuts where shots begin, ascending: that pictures differ across a cut is no news
 * @param most how many frames at most
 */
export function planRefinement(seen: readonly SeenFrame[], cuts: readonly number[], times: FrameTimes, most: number): number[] {
  const known = new Set(seen.map(({ frame }) => frame));
  const gaps = seen.slice(1).flatMap((after, i) => {
    const before = seen[i];
    if (!before || after.seconds - before.seconds <= closestSeconds * 1.5 || cuts.some((cut) => cut > before.seconds && cut <= after.seconds)) {
      return [];
    }
    const change = pictureChange(before.thumbnail, after.thumbnail);
    const frame = frameAt(times, evenTimeBetween(before.seconds, after.seconds));
    return change < worthALook || known.has(frame) ? [] : [{ change, frame }];
  });
  return gaps
    .sort((a, b) => b.change - a.change || a.frame - b.frame)
    .slice(0, Math.max(0, most))
    .map(({ frame }) => frame)
    .sort((a, b) => a - b);
}

/** The multiple of the greatest power of two that lies in the inner half between two times. */
function evenTimeBetween(start: number, end: number): number {
  const quarter = (end - start) / 4;
  const middle = (start + end) / 2;
  for (let step = 2 ** Math.ceil(Math.log2(end - start)); ; step /= 2) {
    const nearest = Math.round(middle / step) * step;
    if (Math.abs(nearest - middle) <= quarter) return nearest;
  }
}
