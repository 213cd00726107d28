import type { Segment } from '../../protocol/index.js';
import type { Box } from '../observations.js';

/** Something that was seen in one frame. */
export interface Sighting {
  confidence: number;
  box: Box;
  /** It is not counted beside others. */
  weak?: boolean;
}

/** Something that was seen in frame after frame. */
export interface Run extends Segment {
  /** First and last place among the frames that were looked at. */
  first: number;
  last: number;
  /** Frames it was seen in. */
  seen: number;
  /** At once, at most. */
  count: number;
  /** Mean over its frames, of the surest in each. */
  confidence: number;
  best: Sighting & { at: number };
}

/** Frames in between that it may be missing from: a detector blinks. */
const bridged = 1;
/** Frames that are farther apart do not belong together because of it. */
const longestBridge = 10; // s

/**
 * The stretches of a clip in which something was seen.
 *
 * @param sightings what was seen of it in each frame
 * @param cells the time of each frame; see `cellsOf`
 */
export function findRuns(sightings: readonly (readonly Sighting[])[], cells: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  sightings.forEach((sighted, at) => {
    const cell = cells[at];
    const surest = sighted.reduce<Sighting | undefined>((best, each) => (best && best.confidence >= each.confidence ? best : each), undefined);
    if (!cell || !surest) return;
    const count = Math.max(1, sighted.filter(({ weak }) => !weak).length);
    const run = runs.at(-1);
    if (run && continues(run, at, cells)) {
      run.last = at;
      run.endSeconds = cell.endSeconds;
      run.count = Math.max(run.count, count);
      run.confidence += (surest.confidence - run.confidence) / ++run.seen;
      if (surest.confidence > run.best.confidence) run.best = { ...surest, at };
    } else {
      runs.push({ ...cell, first: at, last: at, seen: 1, count, confidence: surest.confidence, best: { ...surest, at } });
    }
  });
  return runs;
}

function continues(run: Run, at: number, cells: readonly Segment[]): boolean {
  const missed = at - run.last - 1;
  return missed <= 0 || (missed <= bridged && (cells[at]?.startSeconds ?? 0) - run.endSeconds <= longestBridge);
}

const fewFrames = 3;
/** Frames this far apart are each other's only witness. */
const farApart = 2.5; // s
const surelySeen = 0.6;
/** Less sure than this, and in fewer frames, is no more than a likeness. */
const likeness = { confidence: 0.55, frames: 8 };

/** Whether a run is to be taken for a slip of the detector: it was seen in one frame only, and others could have confirmed it. */
export function isGhost(run: Run, cells: readonly Segment[]): boolean {
  const cell = cells[run.first];
  const alone = cell !== undefined && cell.endSeconds - cell.startSeconds >= farApart;
  return run.seen === 1 && cells.length > fewFrames && !(alone && run.confidence >= surelySeen);
}

/** Whether a run is to be taken for a likeness: never sure, and not for long. */
export function isLikeness(run: Run, cells: readonly Segment[]): boolean {
  return cells.length > fewFrames && run.best.confidence < likeness.confidence && run.seen < likeness.frames;
}
