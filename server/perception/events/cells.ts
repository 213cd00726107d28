import type { Segment } from '../../protocol/index.js';

/**
 * The time each frame that was looked at speaks for: until the next one, but not across a cut. Where a cut lies between it
 * and the frame before, its time begins at the cut.
 *
 * @param seconds of the frames, ascending
 * @param cuts where shots begin, ascending
 * @param range what was to be looked at
 */
export function cellsOf(seconds: readonly number[], cuts: readonly number[], range: Segment): Segment[] {
  return seconds.map((time, i) => {
    const before = seconds[i - 1] ?? -Infinity;
    const after = seconds[i + 1] ?? range.endSeconds;
    const lastCut = cuts.findLast((cut) => cut <= time && cut > before) ?? time;
    const start = Math.max(lastCut, range.startSeconds);
    return { startSeconds: start, endSeconds: Math.max(start, cuts.find((cut) => cut > time && cut < after) ?? after) };
  });
}
