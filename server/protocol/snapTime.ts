import { type ClipGrid, fitTime } from './clipGrid.js';
import { partitionPoint } from './partitionPoint.js';

/** What a time is drawn to while somebody drags it. Lists are ascending. */
export interface SnapTargets {
  /** Starts and ends of other segments. */
  edges: readonly number[];
  shots: readonly number[];
  playhead?: number;
}

export interface Snapped {
  seconds: number;
  /** What it was drawn to; left out: a frame edge, or nothing. */
  to?: 'playhead' | 'edge' | 'shot';
}

/**
 * The nearest target within a distance, else the nearest frame edge. Whatever it is drawn to, the time is one that the
 * grid allows.
 *
 * @param within seconds; what some pixels of the timeline are
 */
export function snapTime(grid: ClipGrid, seconds: number, targets: SnapTargets, within: number): Snapped {
  if (!grid.snap) {
    return { seconds: fitTime(grid, seconds) };
  }
  const candidates = [
    { to: 'playhead', at: targets.playhead },
    { to: 'edge', at: nearest(targets.edges, seconds) },
    { to: 'shot', at: nearest(targets.shots, seconds) },
  ] as const;
  let best: { to: 'playhead' | 'edge' | 'shot'; at: number; distance: number } | undefined;
  for (const { to, at } of candidates) {
    const distance = at === undefined ? Infinity : Math.abs(at - seconds);
    if (at !== undefined && distance <= within && distance < (best?.distance ?? Infinity)) {
      best = { to, at, distance };
    }
  }
  return best ? { seconds: fitTime(grid, best.at), to: best.to } : { seconds: fitTime(grid, seconds) };
}

/** The value nearest to one, of an ascending list. */
export function nearest(ascending: readonly number[], value: number): number | undefined {
  const at = partitionPoint(ascending, (each) => each < value);
  const [before, behind] = [ascending[at - 1], ascending[at]];
  return before === undefined || (behind !== undefined && behind - value < value - before) ? behind : before;
}
