import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ErrorCode,
  framePlanIndices,
  parseFramePlanSpec,
  rintHalfEven,
  VideoChatError,
  videoChatTimeMessage,
} from '../../../server/protocol/index.js';

interface GoldenPlan {
  frames: number;
  count: number;
  fps: number;
  videochat: number[];
  message: string;
  middle: number[];
  rate: number;
  fpsPlan: number[];
  start: number;
  end: number;
  bounded: number[] | null;
}
interface SystemPlan {
  frames: number;
  count: number;
  fps: number;
  midpoints: number[];
  linspace: number[];
  starts: number[];
  pieces: number[];
  rate: number[];
}
const golden = JSON.parse(
  readFileSync(new URL('../../golden/video/framePlans.json', import.meta.url), 'utf8'),
) as GoldenPlan[];

/** Frame plans printed with the original demo: N, S, fps, frame numbers, seconds. */
const published: [number, number, number, string, string][] = [
  [235, 8, 24, '14 43 72 102 131 160 190 219', '0.6, 1.8, 3.0, 4.2, 5.5, 6.7, 7.9, 9.1'],
  [300, 16, 30, '9 28 46 65 84 102 121 140 159 177 196 215 233 252 271 289',
    '0.3, 0.9, 1.5, 2.2, 2.8, 3.4, 4.0, 4.7, 5.3, 5.9, 6.5, 7.2, 7.8, 8.4, 9.0, 9.6'],
  [300, 8, 30, '18 55 93 130 168 205 242 280', '0.6, 1.8, 3.1, 4.3, 5.6, 6.8, 8.1, 9.3'],
  [250, 8, 25, '15 46 77 108 139 171 202 233', '0.6, 1.8, 3.1, 4.3, 5.6, 6.8, 8.1, 9.3'],
  [1800, 8, 30, '112 337 562 787 1012 1236 1461 1686', '3.7, 11.2, 18.7, 26.2, 33.7, 41.2, 48.7, 56.2'],
  [100, 8, 29.97002997, '6 18 31 43 56 68 80 93', '0.2, 0.6, 1.0, 1.4, 1.9, 2.3, 2.7, 3.1'],
  [21, 8, 20, '1 3 6 9 11 13 16 19', '0.0, 0.2, 0.3, 0.4, 0.6, 0.6, 0.8, 1.0'],
  [16, 8, 25, '0 2 4 6 8 9 11 13', '0.0, 0.1, 0.2, 0.2, 0.3, 0.4, 0.4, 0.5'],
  [5, 8, 25, '0 0 1 2 2 2 3 4', '0.0, 0.0, 0.0, 0.1, 0.1, 0.1, 0.1, 0.2'],
  [1, 8, 30, '0 0 0 0 0 0 0 0', '0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0'],
];

function catchError(action: () => unknown): VideoChatError {
  try {
    action();
  } catch (error) {
    if (error instanceof VideoChatError) return error;
  }
  throw new Error('nothing was thrown');
}

describe('frame plans', () => {
  it.each(published)('videochat:S of N=%i S=%i fps=%d is the original one', (frameCount, count, fps, indices, seconds) => {
    const plan = framePlanIndices(parseFramePlanSpec(`videochat:${count}`), { frameCount, fps });
    expect(plan.join(' ')).toBe(indices);
    expect(videoChatTimeMessage(plan, fps)).toBe(
      `The video contains ${count} frames sampled at ${seconds} seconds.`,
    );
  });

  it('agrees with numpy on every golden clip', () => {
    expect(golden.length).toBeGreaterThan(50);
    for (const { frames: frameCount, count, fps, ...want } of golden) {
      const range = { frameCount, fps };
      const videochat = framePlanIndices(parseFramePlanSpec(`videochat:${count}`), range);
      expect(videochat).toEqual(want.videochat);
      expect(videoChatTimeMessage(videochat, fps)).toBe(want.message);
      expect(framePlanIndices(parseFramePlanSpec(`middle:${count}`), range)).toEqual(want.middle);
      if (want.fpsPlan.length > 0) {
        expect(framePlanIndices(parseFramePlanSpec(`fps:${want.rate}`), { ...range, maxFrames: 64 })).toEqual(want.fpsPlan);
      }
      if (want.bounded) {
        const first = Math.max(0, rintHalfEven(want.start * fps));
        const last = Math.min(rintHalfEven(want.end * fps), frameCount - 1);
        expect(framePlanIndices(parseFramePlanSpec(`videochat:${count}`), { ...range, first, last })).toEqual(want.bounded);
      }
    }
  });

  it("agrees with the companion systems' own samplers", () => {
    const cases = JSON.parse(readFileSync(new URL('../../golden/video/systemPlans.json', import.meta.url), 'utf8')) as SystemPlan[];
    expect(cases.length).toBeGreaterThan(25);
    for (const { frames: frameCount, count, fps, rate, ...want } of cases) {
      for (const [kind, indices] of Object.entries(want)) {
        const got = framePlanIndices(parseFramePlanSpec(`${kind}:${count}`), { frameCount, fps });
        expect({ kind, frameCount, count, got }).toEqual({ kind, frameCount, count, got: indices });
      }
      expect(framePlanIndices(parseFramePlanSpec('rate:1'), { frameCount, fps, maxFrames: count })).toEqual(rate);
    }
  });

  it('stays inside the clip for every short clip and count', () => {
    for (let frameCount = 1; frameCount <= 70; frameCount++) {
      for (const count of [1, 2, 7, 8, 63, 64]) {
        for (const kind of ['videochat', 'middle']) {
          const plan = framePlanIndices(parseFramePlanSpec(`${kind}:${count}`), { frameCount, fps: 25 });
          expect(plan).toHaveLength(count);
          expect(Math.min(...plan)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...plan)).toBeLessThan(frameCount);
          expect(plan).toEqual([...plan].sort((a, b) => a - b));
        }
      }
    }
  });

  it('gives a clip shorter than the interval its middle frame', () => {
    expect(framePlanIndices(parseFramePlanSpec('fps:1'), { frameCount: 5, fps: 25 })).toEqual([2]);
  });

  it('parses every kind, with and without a span', () => {
    expect(parseFramePlanSpec('videochat')).toMatchObject({ kind: 'videochat', count: 8, canonical: 'videochat:8' });
    expect(parseFramePlanSpec(' Middle:016 ')).toMatchObject({ kind: 'middle', count: 16, canonical: 'middle:16' });
    expect(parseFramePlanSpec('fps:0.50@1.5-20')).toMatchObject({
      kind: 'fps', framesPerSecond: 0.5, canonical: 'fps:0.5', span: { startSeconds: 1.5, endSeconds: 20 },
    });
    expect(parseFramePlanSpec('midpoints:100')).toMatchObject({ kind: 'midpoints', count: 100 });
    expect(parseFramePlanSpec('rate:1')).toMatchObject({ framesPerSecond: 1, canonical: 'rate:1' });
    expect(parseFramePlanSpec('at:1,2.5')).toMatchObject({ seconds: [1, 2.5], canonical: 'at:1,2.5' });
    expect(parseFramePlanSpec('all')).toMatchObject({ kind: 'all' });
  });

  it.each(['', 'videochat:0', 'videochat:129', 'videochat:1.5', 'videochat:-1', 'fps', 'fps:0', 'fps:1e3', 'fps:.', 'all:2',
    'every:3', 'videochat:8@5-5', 'videochat:8@5', 'at', 'at:1,,2', `at:${Array(129).fill('1').join(',')}`, 'x'.repeat(1200)])(
    'refuses %j with a hint',
    (spec) => {
      const error = catchError(() => parseFramePlanSpec(spec));
      expect(error.code).toBe(ErrorCode.FramePlanInvalid);
      expect(error.data.hint).toMatch(/[a-z]{3}/);
    },
  );

  it('rounds halves to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 7].map(rintHalfEven)).toEqual([0, 2, 2, 0, -2, 2, 7]);
  });
});
