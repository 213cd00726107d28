import { describe, expect, it } from 'vitest';
import { movedBack, planDecoding, shareStretches } from '../../../server/video/planDecoding.js';
import { frameTiming, type PresentationIndex } from '../../../server/video/presentationIndex.js';

/** `count` frames, ten ticks apart from tick 100, a key frame every `gop`. */
function clip(count: number, gop: number, seekable = true): PresentationIndex {
  const ticks = Float64Array.from({ length: count }, (_, i) => 100 + i * 10);
  return { ticks, keyTicks: ticks.filter((_, i) => i % gop === 0), lastTicks: 10, seekable };
}

describe('planDecoding', () => {
  it('jumps to the key frame before each distant frame', () => {
    const stretches = planDecoding([5, 1007, 1012, 5555], clip(10_000, 50), 20);
    expect(stretches.map(({ keyTicks, frames, cost }) => ({ keyTicks, frames, cost }))).toEqual([
      { keyTicks: undefined, frames: [5], cost: 6 },
      { keyTicks: 100 + 10_000, frames: [1007, 1012], cost: 13 },
      { keyTicks: 100 + 55_500, frames: [5555], cost: 6 },
    ]);
  });

  it('costs the same in a long clip as in a short one', () => {
    const cost = (count: number): number =>
      planDecoding(Array.from({ length: 8 }, (_, i) => Math.floor(((i + 0.5) * count) / 8)), clip(count, 50), 20)
        .reduce((sum, stretch) => sum + stretch.cost, 0);
    expect(cost(7500)).toBeLessThanOrEqual(8 * 50);
    expect(cost(90_000)).toBeLessThanOrEqual(8 * 50);
  });

  it('decodes on where that is cheaper than a jump', () => {
    expect(planDecoding([0, 30, 60, 90], clip(100, 10), 50)).toHaveLength(1);
    expect(planDecoding([0, 99], clip(100, 1000), 0)).toHaveLength(1);
  });

  it('counts from the start where times do not tell', () => {
    expect(planDecoding([3, 900], clip(1000, 10, false), 0)).toEqual([
      { keyTicks: undefined, keyPresented: false, byNumber: true, frames: [3, 900], cost: 901 },
    ]);
  });

  it('moves back by two key frames, or to the start', () => {
    const index = clip(1000, 10);
    const stretches = planDecoding([205, 512], index, 0);
    expect(movedBack(stretches, index).map(({ keyTicks }) => keyTicks)).toEqual([100 + 1800, 100 + 4900]);
    expect(movedBack(planDecoding([15], index, 0), index)[0]?.keyTicks).toBeUndefined();
  });

  it('shares the work out, every frame once', () => {
    const stretches = planDecoding(Array.from({ length: 60 }, (_, i) => i * 100 + 7), clip(6000, 10), 0);
    const shares = shareStretches(stretches, 4, 8);
    expect(shares.flat()).toEqual(stretches);
    expect(Math.max(...shares.map((share) => share.length))).toBeLessThanOrEqual(8);
    expect(shareStretches(stretches.slice(0, 8), 2, 8).map((share) => share.length)).toEqual([4, 4]);
  });
});

describe('frameTiming', () => {
  const timing = (ticks: number[], denominator: number, rate?: [number, number]) =>
    frameTiming(
      { ticks: Float64Array.from(ticks), keyTicks: new Float64Array(), lastTicks: 33, seekable: true },
      { numerator: 1, denominator },
      [rate && { numerator: rate[0], denominator: rate[1] }],
    );

  it('calls milliseconds that were rounded a constant rate, and takes the exact one', () => {
    const ticks = Array.from({ length: 300 }, (_, i) => Math.round((i * 1001) / 30));
    expect(timing(ticks, 1000, [30000, 1001])).toMatchObject({ variableFrameRate: false, fps: 30000 / 1001 });
    // A container that says something else is not believed.
    expect(timing(ticks, 1000, [90, 1]).fps).toBeCloseTo(29.97, 1);
  });

  it('sees a frame that was left out', () => {
    const ticks = Array.from({ length: 300 }, (_, i) => i * 33 + (i > 100 ? 33 : 0));
    const { variableFrameRate, fps, durationSeconds } = timing(ticks, 1000, [30, 1]);
    expect(variableFrameRate).toBe(true);
    expect(fps).toBeCloseTo(300 / durationSeconds, 9);
  });
});
