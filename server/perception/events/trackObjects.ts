import type { Detection } from '../observations.js';
import { containment, overlap } from '../boxes.js';
import { followSightings } from './followSightings.js';

const sameThing = { sameLabel: 0.3, otherLabel: 0.6 };
/** In one frame: two names for one thing, and a thing's part taken for another one. */
const doubles = { sameBox: 0.8, part: 0.85 };
/** A thing that was never seen more surely, and in fewer frames, may be none. */
const weak = { score: 0.6, frames: 4 };

/** A detection with the label that was voted for. */
export interface TrackedDetection extends Detection {
  /** Too weak to be counted beside others. */
  weak: boolean;
}

/**
 * Follows things from frame to frame, greedily by the overlap of their boxes, and gives each the label that most of its
 * frames vote for: a detector that takes a dog for a cat now and then is outvoted.
 *
 * @param frames what was detected in each frame that was looked at
 * @returns the same with the labels voted for
 */
export function trackObjects(frames: readonly (readonly Detection[])[]): TrackedDetection[][] {
  const voted: TrackedDetection[][] = frames.map(() => []);
  for (const { sightings } of followSightings(frames.map(withoutDoubles), fitOf)) {
    // Sum of scores by label.
    const votes = new Map<string, number>();
    sightings.forEach(({ seen: { label, score } }) => votes.set(label, (votes.get(label) ?? 0) + score));
    const label = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0];
    const isWeak = sightings.length < weak.frames && sightings.every(({ seen }) => seen.score < weak.score);
    sightings.forEach(({ at, seen }) => voted[at]?.push({ ...seen, label, weak: isWeak }));
  }
  return voted;
}

/** 0: they are two things. */
function fitOf(a: Detection, b: Detection): number {
  const share = overlap(a.box, b.box);
  if (a.label === b.label) return share >= sameThing.sameLabel ? 1 + share : 0;
  return share >= sameThing.otherLabel ? share : 0;
}

function withoutDoubles(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const detection of [...detections].sort((a, b) => b.score - a.score)) {
    const isDouble = kept.some(
      ({ label, box }) => overlap(box, detection.box) >= doubles.sameBox || (label === detection.label && containment(box, detection.box) >= doubles.part),
    );
    if (!isDouble) kept.push(detection);
  }
  return kept;
}
