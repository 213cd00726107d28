import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textChange } from '../../../server/common/annotations/textChange.js';

const apply = (before: string, after: string): string => {
  const change = textChange(before, after);
  return change ? before.slice(0, change.start) + change.text + before.slice(change.end) : before;
};

describe('the change between two texts', () => {
  it('is the lines that differ', () => {
    expect(textChange('a\nbc\nd\n', 'a\nbx\nd\n')).toEqual({ start: 2, end: 5, text: 'bx\n' });
    expect(textChange('a\nd\n', 'a\nb\nd\n')).toEqual({ start: 2, end: 2, text: 'b\n' });
    expect(textChange('a\nb\nd\n', 'a\nd\n')).toEqual({ start: 2, end: 4, text: '' });
    expect(textChange('a', 'a')).toBeUndefined();
  });

  it('turns any text into any other, and begins and ends at lines', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'aa', ''), { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(apply(before, after)).toBe(after);
        const change = textChange(before, after);
        if (change) {
          expect(change.start === 0 || before[change.start - 1] === '\n').toBe(true);
          expect(change.end === 0 || change.end === before.length || before[change.end - 1] === '\n').toBe(true);
        }
      }),
    );
  });
});
