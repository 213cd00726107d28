import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionPoint } from '../../../server/protocol/partitionPoint.js';

describe('partitionPoint', () => {
  it('is how many elements of an ascending list pass', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 })), fc.integer({ min: -10, max: 10 }), (values, limit) => {
        const sorted = Float64Array.from(values).sort();
        expect(partitionPoint(sorted, (each) => each < limit)).toBe(values.filter((each) => each < limit).length);
        expect(partitionPoint([...sorted], (each) => each <= limit)).toBe(values.filter((each) => each <= limit).length);
      }),
    );
  });

  it('looks at few of them', () => {
    let looks = 0;
    const list = { length: 2 ** 30 } as ArrayLike<number>;
    expect(partitionPoint(list, () => (looks++, true))).toBe(2 ** 30);
    expect(looks).toBeLessThan(40);
  });
});
