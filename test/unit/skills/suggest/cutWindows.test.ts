import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipGrid } from '../../../../server/protocol/index.js';
import { cutShots, cutWindows } from '../../../../server/skills/suggest/cutWindows.js';

const gridOf = (seconds: number, rate = 10): ClipGrid => ({
  times: Float64Array.from({ length: Math.round(seconds * rate) }, (_, frame) => frame / rate),
  durationSeconds: seconds,
  snap: true,
});
const spans = (list: { start: number; end: number }[]): string => list.map(({ start, end }) => `${start}-${end}`).join(' ');

describe('windows over a clip', () => {
  it('are equal where there is no cut', () => {
    expect(spans(cutWindows(gridOf(15), { start: 0, end: 15 }, []))).toBe('0-5 5-10 10-15');
    expect(spans(cutWindows(gridOf(3), { start: 0, end: 3 }, []))).toBe('0-3');
    expect(spans(cutWindows(gridOf(30), { start: 4, end: 8 }, []))).toBe('4-8');
  });

  it('are shots where there are cuts, and parts of long shots', () => {
    expect(spans(cutWindows(gridOf(40), { start: 0, end: 40 }, [4, 10]))).toBe('0-4 4-10 10-25 25-40');
    expect(spans(cutWindows(gridOf(12), { start: 0, end: 12 }, [4, 4.2, 11.9]))).toBe('0-4 4-12');
  });

  it('leave no gap, lie on frames, and stay few', () => {
    const shots = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { maxLength: 300 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 5000, noNaN: true }), fc.double({ min: 0, max: 0.9, noNaN: true }), shots, (length, from, cuts) => {
        const grid = gridOf(length);
        const last = grid.times.length - 1;
        const span = { start: Math.min(Math.floor(length * from * 10), last) / 10, end: (last + 1) / 10 };
        const windows = cutWindows({ ...grid, durationSeconds: span.end }, span, cuts);
        expect(windows.length).toBeGreaterThan(0);
        expect(windows.length).toBeLessThan(350);
        expect([windows[0]?.start, windows.at(-1)?.end]).toEqual([span.start, span.end]);
        windows.forEach(({ start, end }, index) => {
          expect(end).toBeGreaterThan(start);
          expect(windows[index + 1]?.start ?? end).toBe(end);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('segments of shots', () => {
  it('go from cut to cut within the span', () => {
    expect(spans(cutShots(gridOf(10), { start: 0, end: 10 }, [2.04, 7]))).toBe('0-2 2-7 7-10');
    expect(spans(cutShots(gridOf(10), { start: 3, end: 6 }, [2, 4, 7]))).toBe('3-4 4-6');
  });
});
