import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStrange } from '../../../server/vision/encoderDomain.js';
import { singularValues } from '../../../server/vision/singularValues.js';

const embeddings = (...rows: number[][]): { rows: number; width: number; data: Float32Array } => ({ rows: rows.length, width: rows[0]?.length ?? 0, data: Float32Array.from(rows.flat()) });

describe('how much rows differ', () => {
  it('is nothing where they are the same, and what geometry says where they are not', () => {
    expect(singularValues(embeddings([1, 2], [1, 2], [1, 2]))).toEqual([0, 0, 0].map(() => expect.closeTo(0, 6) as number));
    // Less their mean: (±3, 0) and (0, ±1): √18 and √2.
    expect(singularValues(embeddings([8, 5], [2, 5], [5, 6], [5, 4]))).toEqual([expect.closeTo(Math.sqrt(18), 5), expect.closeTo(Math.sqrt(2), 5), expect.closeTo(0, 5), expect.closeTo(0, 5)]);
    // Turned by 45°, and moved: the same.
    const turned = [[8, 5], [2, 5], [5, 6], [5, 4]].map(([x = 0, y = 0]) => [(x - y) * Math.SQRT1_2 + 9, (x + y) * Math.SQRT1_2]);
    expect(singularValues(embeddings(...turned)).slice(0, 2)).toEqual([expect.closeTo(Math.sqrt(18), 4), expect.closeTo(Math.sqrt(2), 4)]);
  });

  it('adds up to how far they lie from their mean', () => {
    const value = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 9 }), (rows) => {
        const mean = [0, 1, 2, 3].map((channel) => rows.reduce((sum, row) => sum + Math.fround(row[channel] ?? 0) / rows.length, 0));
        const far = rows.flat().reduce((sum, each, at) => sum + (Math.fround(each) - (mean[at % 4] ?? 0)) ** 2, 0);
        const values = singularValues(embeddings(...rows));
        expect(values.reduce((sum, each) => sum + each * each, 0)).toBeCloseTo(far, 5);
        expect(values).toEqual([...values].sort((a, b) => b - a));
      }),
    );
  });
});

describe('a domain that knows plain clips', () => {
  const known = { mean: [0, 0], deviation: [9, 9], directions: [], variances: [], limit: 1 };
  const plain = embeddings([1, 1], [1, 1.01]);

  it('takes them for strange, where enough frames were looked at', () => {
    const domain = { ...known, variety: { place: 0, least: 0.5, frames: 8 } };
    expect(isStrange(plain, known, 8)).toBe(false);
    expect(isStrange(plain, domain, 8)).toBe(true);
    expect(isStrange(plain, domain, 7)).toBe(false);
    expect(isStrange(embeddings([1, 1], [1, 3]), domain, 8)).toBe(false);
    // Rows that have no such direction show nothing along it.
    expect(isStrange(embeddings([1, 1], [1, 3]), { ...known, variety: { place: 5, least: 0.5, frames: 8 } }, 8)).toBe(true);
    expect(isStrange(embeddings([90, 90], [90, 99]), domain, 8)).toBe(true);
  });
});
