import { describe, expect, it } from 'vitest';
import { peaksOfRange } from '../../../server/media/soundPeaks.js';
import { cutsOf } from '../../../server/video/findShots.js';

describe('cuts', () => {
  it('are where a frame changes far more than its neighbours', () => {
    expect(cutsOf([1, 1, 60, 1, 1])).toEqual([3]);
    expect(cutsOf([60, 1, 1])).toEqual([1]);
    expect(cutsOf([1, 1, 40, 1, 1, 1, 30])).toEqual([3, 7]);
  });

  it('are not where everything moves, nor where a change is small', () => {
    expect(cutsOf([20, 24, 30, 22, 20])).toEqual([]);
    expect(cutsOf([0, 0, 5, 0, 0])).toEqual([]);
    expect(cutsOf([])).toEqual([]);
  });
});

describe('peaks of a stretch', () => {
  const peaks = Int8Array.from([-1, 1, -2, 2, -3, 3, -4, 4]);

  it('are the extremes of each part', () => {
    expect([...peaksOfRange(peaks, 0, 0.04, 2)]).toEqual([-2, 2, -4, 4]);
    expect([...peaksOfRange(peaks, 0.02, 0.03, 1)]).toEqual([-3, 3]);
  });

  it('repeat where parts are shorter than a peak, and are silence past the end', () => {
    expect([...peaksOfRange(peaks, 0, 0.02, 4)]).toEqual([-1, 1, -1, 1, -2, 2, -2, 2]);
    expect([...peaksOfRange(peaks, 0.03, 0.06, 3)]).toEqual([-4, 4, 0, 0, 0, 0]);
  });
});
