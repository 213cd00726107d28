import { describe, expect, it } from 'vitest';
import { checkGrammar } from '../../../server/language/checkGrammar.js';
import { literal, oneOf, wholeNumber } from '../../../server/language/gbnf.js';
import { ErrorCode } from '../../../server/protocol/index.js';

/** What these helpers write is a regular expression but for its quotes and spaces. */
const asPattern = (grammar: string): RegExp => new RegExp(`^${grammar.replaceAll(/[" ]/g, '')}$`);

describe('wholeNumber', () => {
  it.each([0, 1, 7, 9, 10, 11, 19, 20, 42, 99, 100, 101, 109, 110, 123, 200, 305, 999, 1000])('takes 0 to %d and nothing else', (max) => {
    const pattern = asPattern(wholeNumber(max));
    const taken = Array.from({ length: 1300 }, (_, value) => value).filter((value) => pattern.test(String(value)));
    expect(taken).toEqual(Array.from({ length: max + 1 }, (_, value) => value));
    for (const text of ['', '00', '01', '007', '-1', '1.5', ' 1']) {
      expect(pattern.test(text)).toBe(false);
    }
  });
});

describe('literal', () => {
  it('lets no text out of its quotes', () => {
    expect(literal('say "hi" \\ | root ::= x')).toBe(String.raw`"say \"hi\" \\ | root ::= x"`);
    expect(literal('line\nbreak 猫 🐈')).toBe(String.raw`"line\U0000000abreak \U0000732b \U0001f408"`);
    expect(oneOf(['a', '"'])).toBe(String.raw`("a" | "\"")`);
  });
});

describe('checkGrammar', () => {
  it('refuses what the parser cannot be trusted with', () => {
    const deep = (depth: number) => `root ::= ${'('.repeat(depth)}"a"${')'.repeat(depth)}`;
    expect(() => checkGrammar(deep(64))).not.toThrow();
    for (const grammar of [deep(65), deep(30_000), '', ' \n', 'root ::= "a"\0', `root ::= "${'a'.repeat(70_000)}"`]) {
      expect(() => checkGrammar(grammar)).toThrowError(expect.objectContaining({ code: ErrorCode.InvalidParams }));
    }
    expect(() => checkGrammar(`root ::= "${'('.repeat(100)}" [(${'('.repeat(100)}]`)).not.toThrow();
  });
});
