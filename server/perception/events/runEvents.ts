import type { Segment, TimelineTrack } from '../../protocol/index.js';
import { findRuns, isGhost, type Run, type Sighting } from './findRuns.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';

/** The frames that were looked at, in order of time. */
export interface LookedAt {
  seconds: readonly number[];
  /** See `cellsOf`. */
  cells: readonly Segment[];
}

/** What the events of a run say besides their times. */
export interface RunLabel {
  track: TimelineTrack;
  label: string;
  source: string;
}

/**
 * Events for the stretches in which something was seen, slips left out.
 *
 * @param isSlip of more than one frame
 */
export function runEvents(
  sightings: readonly (readonly Sighting[])[],
  { seconds, cells }: LookedAt,
  what: RunLabel,
  isSlip: (run: Run, cells: readonly Segment[]) => boolean = () => false,
): FoundEvent[] {
  return findRuns(sightings, cells)
    .filter((run) => !isGhost(run, cells) && !isSlip(run, cells))
    .map(({ startSeconds, endSeconds, count, confidence, best }) =>
      makeEvent({ ...what, startSeconds, endSeconds, count, confidence, box: best.box, bestSeconds: seconds[best.at] }),
    );
}
