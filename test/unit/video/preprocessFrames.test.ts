import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitPlan, preprocessFrame, resizeFrame } from '../../../server/video/preprocessFrame.js';
import { preprocessFrames } from '../../../server/video/preprocessFrames.js';

interface GoldenFrame {
  width: number;
  height: number;
  size: number;
  fit: 'shorterSideCrop' | 'squash';
  data: string;
  resized: string;
}
const golden = JSON.parse(
  readFileSync(new URL('../../golden/video/resizedFrames.json', import.meta.url), 'utf8'),
) as GoldenFrame[];
interface InterpolatedFrame extends Omit<GoldenFrame, 'resized'> {
  resample: 'nearest' | 'linear' | 'cubic';
  values: number[];
}
const interpolated = JSON.parse(
  readFileSync(new URL('../../golden/video/interpolatedFrames.json', import.meta.url), 'utf8'),
) as InterpolatedFrame[];
const clip = {
  mean: [0.48145466, 0.4578275, 0.40821073] as const,
  std: [0.26862954, 0.26130258, 0.27577711] as const,
};

describe('preprocessing', () => {
  it.each(golden)('resizes $width×$height to $size ($fit) bit for bit as Pillow does', ({ data, resized, width, height, size, fit }) => {
    const frame = { width, height, data: new Uint8Array(Buffer.from(data, 'base64')) };
    const out = resizeFrame(frame, { width: size, height: size, fit });
    expect(Buffer.from(out).equals(Buffer.from(resized, 'base64'))).toBe(true);
  });

  it.each(interpolated)('interpolates $width×$height to $size ($fit, $resample) as PyTorch does', ({ data, values, width, height, size, ...how }) => {
    const frame = { width, height, data: new Uint8Array(Buffer.from(data, 'base64')) };
    const pixels = preprocessFrame(frame, { width: size, height: size, ...how, mean: [0, 0.5, 0], std: [1, 1, 0.5] });
    expect(pixels).toHaveLength(values.length);
    const area = size * size;
    pixels.forEach((value, i) => expect(((value * (i < 2 * area ? 1 : 0.5)) + (Math.floor(i / area) === 1 ? 0.5 : 0)) * 255).toBeCloseTo(values[i]!, 2));
  });

  it('normalises into [3,H,W]', () => {
    const frame = { width: 2, height: 1, data: Uint8Array.of(255, 0, 128, 0, 255, 64) };
    const pixels = preprocessFrame(frame, { width: 2, height: 1, fit: 'squash', ...clip });
    const want = [255, 0, 0, 255, 128, 64].map((value, i) => {
      const channel = Math.floor(i / 2);
      return (value / 255 - clip.mean[channel]!) / clip.std[channel]!;
    });
    expect(pixels).toHaveLength(6);
    pixels.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 5));
  });

  it('stacks frames in order', async () => {
    const frame = (value: number) => ({ width: 1, height: 1, data: Uint8Array.of(value, value, value) });
    const spec = { width: 2, height: 2, fit: 'squash', mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const pixels = await preprocessFrames([frame(0), frame(255), frame(51)], spec);
    expect([...pixels]).toEqual([0, 1, 51 / 255].flatMap((value) => Array.from({ length: 12 }, () => Math.fround(value))));
  });

  it('crops by torchvision rules', () => {
    expect(fitPlan(568, 320, { width: 224, height: 224, fit: 'shorterSideCrop' })).toEqual({
      width: 397, height: 224, crop: { left: 86, top: 0, width: 224, height: 224 },
    });
    expect(fitPlan(320, 568, { width: 224, height: 224, fit: 'shorterSideCrop' }).crop).toMatchObject({ left: 0, top: 86 });
    // Never smaller than the crop, whatever the ratio.
    for (let width = 1; width < 60; width++) {
      for (let height = 1; height < 60; height++) {
        const plan = fitPlan(width, height, { width: 16, height: 9, fit: 'shorterSideCrop' });
        expect(plan.width).toBeGreaterThanOrEqual(16);
        expect(plan.height).toBeGreaterThanOrEqual(9);
      }
    }
  });

  it('stops when cancelled', async () => {
    const token = { isCancellationRequested: true, onCancellationRequested: () => ({ dispose: () => undefined }) };
    const frame = { width: 1, height: 1, data: new Uint8Array(3) };
    await expect(preprocessFrames([frame], { width: 2, height: 2, fit: 'squash', ...clip }, token)).rejects.toMatchObject({ code: -32800 });
  });
});
