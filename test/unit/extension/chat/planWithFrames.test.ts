import { expect, it } from 'vitest';
import { planWithFrames } from '../../../../extension/chat/planWithFrames.js';

it.each([
  ['videochat:8', 'videochat:4'],
  ['middle:16', 'middle:4'],
  ['midpoints:100', 'midpoints:4'],
  ['linspace:100', 'linspace:4'],
  ['starts:8', 'starts:4'],
  ['pieces:10', 'pieces:4'],
  ['rate:1', 'linspace:4'],
  ['fps:1', 'videochat:4'],
])('another number of frames, chosen as %s chooses them, is %s', (modelPlan, wanted) => {
  expect(planWithFrames(modelPlan, 4)).toBe(wanted);
});
