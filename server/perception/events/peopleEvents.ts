import type { FrameSights } from '../observations.js';
import type { FoundEvent } from './makeEvent.js';
import { actionsOf, poseActions } from './poseActions.js';
import { type LookedAt, runEvents } from './runEvents.js';

/** Ids of the models that faces and poses come from. */
export interface PeopleSources {
  faces?: string;
  poses?: string;
}

/**
 * When faces are to be seen, how many at once, and what simple rules say that people do.
 *
 * @param aspect width of the picture ÷ its height
 */
export function peopleEvents(frames: readonly FrameSights[], looked: LookedAt, aspect: number, sources: PeopleSources): FoundEvent[] {
  const faces = frames.map((frame) => (frame.faces ?? []).map(({ score, box }) => ({ confidence: score, box })));
  const poses = frames.map((frame) => (frame.poses ?? []).map((pose) => ({ pose, actions: actionsOf(pose, aspect) })));
  return [
    ...(sources.faces === undefined ? [] : runEvents(faces, looked, { track: 'people', label: 'face', source: sources.faces })),
    ...poseActions.flatMap((label) => {
      if (sources.poses === undefined) return [];
      const sightings = poses.map((people) =>
        people.flatMap(({ pose, actions }) => actions.filter(({ action }) => action === label).map(({ confidence }) => ({ confidence, box: pose.box }))),
      );
      return runEvents(sightings, looked, { track: 'people', label, source: sources.poses });
    }),
  ];
}
