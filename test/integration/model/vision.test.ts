import { describe, expect, it } from 'vitest';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import { largestDifference, modelFolder, modelMissing, readEmbeddings, readInputs, readManifest, readPixels } from './modelGoldens.js';

const logger = { log: () => undefined };

describe.skipIf(modelMissing)(`videochat-mini's encoder (${modelMissing ?? 'shipped weights'})`, () => {
  it.each([
    ['fp32', 1e-3],
    ['fp16', 2e-2],
  ])('%s answers what the PyTorch reference answers, for 1 to 64 frames', async (variant, tolerance) => {
    const manifest = await readManifest();
    const { embeddingCases } = await readInputs();
    const golden = await readEmbeddings();
    const { width } = manifest.encoder.output;
    const encoder = await VisionEncoder.load({
      manifest,
      folder: modelFolder,
      executionProvider: 'cpu',
      threads: 1,
      variant,
      logger,
    });
    try {
      let at = 0;
      const seen: number[] = [];
      for (const { frames } of embeddingCases) {
        const made = await encoder.encode(await readPixels(manifest, frames), frames.length);
        expect([made.rows, made.width]).toEqual([96, width]);
        // The file keeps every row of the usual eight frames and every sixth of the others.
        const step = frames.length === 8 ? 1 : 6;
        for (let row = 0; row < made.rows; row += step) {
          const expected = golden.subarray(at, at + width);
          expect(largestDifference(made.data.subarray(row * width, (row + 1) * width), expected)).toBeLessThan(tolerance);
          at += width;
        }
        seen.push(frames.length);
      }
      expect(at).toBe(golden.length);
      expect(seen).toEqual([1, 2, 8, 16, 64]);
    } finally {
      await encoder.dispose();
    }
  });

  it('sees the order of frames and differences between clips', async () => {
    const manifest = await readManifest();
    const encoder = await VisionEncoder.load({ manifest, folder: modelFolder, executionProvider: 'cpu', threads: 1, logger });
    try {
      const forward = await encoder.encode(await readPixels(manifest, [16, 17, 18, 19, 20, 21, 22, 23]), 8);
      const backward = await encoder.encode(await readPixels(manifest, [23, 22, 21, 20, 19, 18, 17, 16]), 8);
      const again = await encoder.encode(await readPixels(manifest, [16, 17, 18, 19, 20, 21, 22, 23]), 8);
      expect(largestDifference(forward.data, backward.data)).toBeGreaterThan(0.05);
      expect(largestDifference(forward.data, again.data)).toBe(0);
    } finally {
      await encoder.dispose();
    }
  });
});
