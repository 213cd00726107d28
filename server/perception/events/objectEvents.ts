import type { Detection } from '../observations.js';
import { isLikeness } from './findRuns.js';
import type { FoundEvent } from './makeEvent.js';
import { type LookedAt, runEvents } from './runEvents.js';
import { trackObjects } from './trackObjects.js';

/**
 * When objects are to be seen, by label: `person`, three at once at most, from 0:02 to 0:09.
 *
 * @param frames what was detected in each frame that was looked at; undefined: it was not looked for there
 */
export function objectEvents(frames: readonly (readonly Detection[] | undefined)[], looked: LookedAt, source: string): FoundEvent[] {
  const voted = trackObjects(frames.map((detections) => detections ?? []));
  const labels = new Set(voted.flat().map(({ label }) => label));
  return [...labels].flatMap((label) => {
    const sightings = voted.map((detections) =>
      detections.filter((each) => each.label === label).map(({ score, box, weak }) => ({ confidence: score, box, weak })),
    );
    return runEvents(sightings, looked, { track: 'objects', label, source }, isLikeness);
  });
}
