import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarseToFine } from '../../../server/longVideo/coarseToFine.js';
import { cutCaptionWindows, evenWindows, windowBounds } from '../../../server/longVideo/cutCaptionWindows.js';

const times = (windows: readonly { startSeconds: number; endSeconds: number }[]): number[][] => windows.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);

describe('windows of a clip', () => {
  it('begin where shots begin, and are never longer than asked', () => {
    expect(times(cutCaptionWindows(20, [3, 13]))).toEqual([[0, 3], [3, 6.333], [6.333, 9.667], [9.667, 13], [13, 16.5], [16.5, 20]]);
    expect(times(cutCaptionWindows(6, [], 2))).toEqual([[0, 2], [2, 4], [4, 6]]);
    // Some frames more than a round number are no window.
    expect(evenWindows(0, 8.04, 4)).toHaveLength(2);
  });

  it('are those of the whole clip where only a part is wanted', () => {
    const whole = times(cutCaptionWindows(60, [7, 31.5]));
    const part = times(cutCaptionWindows(60, [7, 31.5], 4, { startSeconds: 30, endSeconds: 33 }));
    expect(part.length).toBeLessThan(whole.length);
    part.forEach((window) => expect(whole).toContainEqual(window));
  });

  it('follow one another without gaps, within their bounds, whatever the shots', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1000, noNaN: true }), cuts, fc.double({ min: 0.01, max: 100, noNaN: true }), (duration, at, seconds) => {
        const windows = cutCaptionWindows(duration, at.filter((cut) => cut < duration).sort((a, b) => a - b), seconds);
        expect(windows[0]?.startSeconds).toBe(0);
        expect(windows.at(-1)?.endSeconds).toBeCloseTo(duration, 2);
        for (const [i, { startSeconds, endSeconds }] of windows.entries()) {
          expect(endSeconds).toBeGreaterThan(startSeconds);
          expect(endSeconds - startSeconds).toBeLessThanOrEqual(windowBounds.longest * 1.03);
          if (i > 0) expect(startSeconds).toBe(windows[i - 1]?.endSeconds);
        }
      }),
    );
  });
});

describe('coarse to fine', () => {
  it('begins with a few over the whole', () => {
    expect(coarseToFine(3, 10)).toEqual([[0, 1, 2]]);
    expect(coarseToFine(16, 100)).toEqual([[1, 2, 4, 6, 8, 10, 12, 14], [0, 3, 5, 7, 9, 11, 13, 15]]);
    expect(coarseToFine(0, 100)).toEqual([]);
  });

  it('has each number once, as many as it may, spread over all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 500 }), (count, most) => {
        const all = coarseToFine(count, most).flat();
        expect(new Set(all).size).toBe(all.length);
        expect(all).toHaveLength(Math.min(count, most));
        expect(all.every((index) => index >= 0 && index < count)).toBe(true);
        const [first = []] = coarseToFine(count, most);
        expect(first.length).toBeLessThanOrEqual(8);
        // A finer look holds the coarser one.
        const finer = new Set(coarseToFine(count, most + 100).flat());
        expect(all.every((index) => finer.has(index))).toBe(true);
        const sorted = [...all].sort((a, b) => a - b);
        const widest = Math.max(...sorted.map((index, i) => index - (sorted[i - 1] ?? -1)), count - (sorted.at(-1) ?? -1));
        expect(widest).toBeLessThanOrEqual(Math.ceil((4 * count) / Math.max(1, all.length)) + 1);
      }),
    );
  });
});
