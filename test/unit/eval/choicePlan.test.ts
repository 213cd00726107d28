import { expect, it } from 'vitest';
import { choicePlan } from '../../../server/eval/choicePlan.js';
import { parseManifest } from '../../../server/models/manifest.js';
import { tinyManifest } from '../../fixtures/tinyEncoder.js';

const content = Buffer.from('x');

it('is of 16 frames for models of VideoChat’s plan, of fewer where they take fewer, and else the model’s own', () => {
  const tiny = tinyManifest({ 'vision-fp32': { path: 'vision/a.onnx', content }, 'language-f16': { path: 'language.gguf', content } });
  const planOf = (framePlan: string, maxFrames: number): string | undefined =>
    choicePlan(parseManifest({ ...tiny, framePlan, preprocess: { ...tiny.preprocess, maxFrames } }, 'tiny'));
  expect(planOf('videochat:8', 64)).toBe('videochat:16');
  expect(planOf('videochat:8', 12)).toBe('videochat:12');
  expect(planOf('uniform:100', 100)).toBeUndefined();
});
