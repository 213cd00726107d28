import { describe, expect, it } from 'vitest';
import { peopleEvents } from '../../../server/perception/events/peopleEvents.js';
import { actionsOf } from '../../../server/perception/events/poseActions.js';
import type { Box, Pose } from '../../../server/perception/observations.js';

const joints = ['nose', 'leftEye', 'rightEye', 'leftEar', 'rightEar', 'leftShoulder', 'rightShoulder', 'leftElbow', 'rightElbow', 'leftWrist', 'rightWrist', 'leftHip', 'rightHip', 'leftKnee', 'rightKnee', 'leftAnkle', 'rightAnkle'] as const;
type Joints = Partial<Record<(typeof joints)[number], [number, number]>>;
const box: Box = [0, 0, 1, 1];

/** A person in a picture of 1 × 1; joints that are left out are not seen. */
function pose(seen: Joints): Pose {
  const keypoints = new Float32Array(51);
  joints.forEach((joint, i) => {
    const [x, y] = seen[joint] ?? [0, 0];
    keypoints.set([x, y, seen[joint] ? 0.8 : 0.1], 3 * i);
  });
  return { box, keypoints };
}
const actions = (seen: Joints, aspect = 1): string[] => actionsOf(pose(seen), aspect).map(({ action }) => action);

const head: Joints = { nose: [0.5, 0.1], leftShoulder: [0.55, 0.25], rightShoulder: [0.45, 0.25], leftHip: [0.54, 0.5], rightHip: [0.46, 0.5] };
const standing: Joints = { ...head, leftKnee: [0.54, 0.7], rightKnee: [0.46, 0.7], leftAnkle: [0.54, 0.9], rightAnkle: [0.46, 0.9] };
const sitting: Joints = { ...head, leftKnee: [0.74, 0.52], rightKnee: [0.66, 0.52], leftAnkle: [0.74, 0.75], rightAnkle: [0.66, 0.75] };
const armsDown: Joints = { leftElbow: [0.58, 0.4], rightElbow: [0.42, 0.4], leftWrist: [0.58, 0.5], rightWrist: [0.42, 0.5] };
const armsUp: Joints = { leftElbow: [0.6, 0.15], rightElbow: [0.4, 0.15], leftWrist: [0.6, 0.02], rightWrist: [0.4, 0.02] };

describe('poses', () => {
  it('are told by the joints', () => {
    expect(actions({ ...standing, ...armsDown })).toEqual(['standing']);
    expect(actions({ ...sitting, ...armsDown })).toEqual(['sitting']);
    expect(actions({ ...standing, ...armsUp })).toEqual(['arms raised', 'standing']);
    expect(actions({ ...standing, ...armsUp, ...{ leftWrist: [0.58, 0.5], leftElbow: [0.58, 0.4] } })).toEqual(['standing']);
  });

  it('are not guessed where joints are not seen, or tell nothing', () => {
    expect(actions(head)).toEqual([]);
    expect(actions({ ...head, ...armsDown })).toEqual([]);
    // Lying.
    expect(actions({ nose: [0.1, 0.5], leftShoulder: [0.2, 0.5], rightShoulder: [0.2, 0.52], leftHip: [0.5, 0.5], rightHip: [0.5, 0.52], leftKnee: [0.7, 0.5], rightKnee: [0.7, 0.52], leftAnkle: [0.9, 0.5], rightAnkle: [0.9, 0.52] })).toEqual([]);
  });

  it('are measured in the shape of the picture', () => {
    // Squeezed to half of its width a lean of 22 degrees looks like one of 39.
    const leaning: Joints = { ...standing, leftShoulder: [0.74, 0.25], rightShoulder: [0.66, 0.25] };
    expect(actions(leaning, 0.5)).toEqual(['standing']);
    expect(actions(leaning, 1)).toEqual([]);
  });
});

describe('people', () => {
  const looked = { seconds: [0, 1, 2, 3, 4], cells: [0, 1, 2, 3, 4].map((s) => ({ startSeconds: s, endSeconds: s + 1 })) };
  const face = { score: 0.9, box };

  it('are faces together, and what they do', () => {
    const poses = [pose({ ...standing, ...armsDown })];
    const frames = [{ faces: [face], poses }, { faces: [face, { ...face, score: 0.8 }], poses }, { faces: [face], poses }, {}, {}];
    const events = peopleEvents(frames, looked, 1, { faces: 'blazeface', poses: 'movenet' });
    expect(events.map(({ label, startSeconds, endSeconds, count, source }) => [label, startSeconds, endSeconds, count, source])).toEqual([
      ['face', 0, 3, 2, 'blazeface'],
      ['standing', 0, 3, 1, 'movenet'],
    ]);
  });

  it('are told of only by models that were asked', () => {
    expect(peopleEvents([{ faces: [face] }, { faces: [face] }], looked, 1, { poses: 'movenet' })).toEqual([]);
  });
});
