import type { Detection } from '../observations.js';
import { containment, overlap } from '../boxes.js';

/** One thing followed from frame to frame, and what it was taken for. */
interface Track {
  last: Detection;
  lastAt: number;
  detections: { at: number; detection: Detection }[];
  /** Sum of scores by label. */
  votes: Map<string, number>;
}

/** Frames a thing may be missing from before it is another one. */
const forgottenAfter = 2;
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
  const tracks: Track[] = [];
  let open: Track[] = [];
  frames.forEach((detections, at) => {
    open = open.filter(({ lastAt }) => at - lastAt <= forgottenAfter);
    const unique = withoutDoubles(detections);
    const pairs = unique
      .flatMap((detection, i) => open.map((track) => ({ i, track, fit: fitOf(track.last, detection) })))
      .filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit);
    const taken = new Set<number>();
    for (const { i, track } of pairs) {
      const detection = unique[i];
      if (detection && !taken.has(i) && track.lastAt < at) {
        taken.add(i);
        extend(track, detection, at);
      }
    }
    unique.forEach((detection, i) => {
      if (taken.has(i)) return;
      const track: Track = { last: detection, lastAt: at, detections: [], votes: new Map() };
      extend(track, detection, at);
      tracks.push(track);
      open.push(track);
    });
  });
  const voted: TrackedDetection[][] = frames.map(() => []);
  for (const { detections, votes } of tracks) {
    const label = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0];
    const isWeak = detections.length < weak.frames && detections.every(({ detection }) => detection.score < weak.score);
    detections.forEach(({ at, detection }) => voted[at]?.push({ ...detection, label, weak: isWeak }));
  }
  return voted;
}

function extend(track: Track, detection: Detection, at: number): void {
  track.last = detection;
  track.lastAt = at;
  track.detections.push({ at, detection });
  track.votes.set(detection.label, (track.votes.get(detection.label) ?? 0) + detection.score);
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
