import { expect, it } from 'vitest';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import { makeTinyModel, tinyEncoderSide } from '../../fixtures/tinyEncoder.js';
import { largestDifference } from './modelGoldens.js';

it('lets a large encoder go after each run on the CPU, opens it again, and answers as a small one does', async () => {
  const { folder, manifest } = await makeTinyModel();
  const large = structuredClone(manifest);
  for (const file of Object.values(large.files)) {
    file.bytes = 2 ** 30 + 1;
  }
  const pixels = Float32Array.from({ length: 3 * 3 * tinyEncoderSide ** 2 }, (_, i) => Math.sin(i));
  const answers: Float32Array[] = [];
  for (const each of [manifest, large]) {
    const encoder = await VisionEncoder.load({
      manifest: each,
      folder,
      executionProvider: 'cpu',
      threads: 1,
      logger: { log: () => undefined },
    });
    try {
      expect(encoder.processId).toBeGreaterThan(0);
      answers.push((await encoder.encode(pixels, 3)).data);
      if (each === large) {
        expect(encoder.processId).toBeUndefined();
      } else {
        expect(encoder.processId).toBeGreaterThan(0);
      }
      expect((await encoder.encode(pixels, 3)).data).toEqual(answers.at(-1));
    } finally {
      await encoder.dispose();
    }
  }
  expect(largestDifference(answers[1] ?? [], answers[0] ?? [])).toBeLessThan(1e-5);
});
