import { describe, expect, it } from 'vitest';
import { TextLines } from '../../../server/common/annotations/textLines.js';

describe('TextLines', () => {
  it('counts lines behind \\n, \\r and \\r\\n, as editors do', () => {
    const text = 'one\ntwo\r\nthree\rfour';
    const lines = new TextLines(text);
    expect(lines.count).toBe(4);
    const places = ['one', 'two', 'three', 'four'].map((word) => lines.place(text.indexOf(word) + 1));
    expect(places).toEqual([0, 1, 2, 3].map((line) => ({ line, character: 1 })));
    expect(lines.place(text.indexOf('\r\n') + 1)).toEqual({ line: 1, character: 4 });
  });

  it('has one line where there is no text, and an empty one behind the last end of a line', () => {
    expect(new TextLines('').place(0)).toEqual({ line: 0, character: 0 });
    expect(new TextLines('a\n').place(2)).toEqual({ line: 1, character: 0 });
  });

  it('goes to the nearest end for what is outside', () => {
    const lines = new TextLines('a\nbc');
    expect(lines.place(-1)).toEqual({ line: 0, character: 0 });
    expect(lines.place(99)).toEqual({ line: 1, character: 2 });
  });
});
