import { describe, expect, it } from 'vitest';
import { chunksFrom, commonPrefix, layOutPrompt, type PromptPiece } from '../../../server/language/prompt.js';

const tokenize = (text: string, bos: boolean) => [...(bos ? [1] : []), ...[...text].map((letter) => letter.charCodeAt(0))];
/** Control tokens by their length. */
const special = (name: string) => 1000 + name.length;
const rows = (count: number, key = 'k'): PromptPiece => ({
  kind: 'embeddings',
  key,
  embeddings: { rows: count, width: 2, data: Float32Array.from({ length: count * 2 }, (_, i) => i) },
});
const text = (value: string): PromptPiece => ({ kind: 'text', text: value });

describe('layOutPrompt', () => {
  it('puts BOS before the first text only, wherever that stands', () => {
    expect(layOutPrompt([text('A'), rows(2), text('B')], 2, tokenize, special).entries).toEqual([1, 65, 'k#0', 'k#1', 66]);
    expect(layOutPrompt([rows(1), text('B'), text('C')], 2, tokenize, special).entries).toEqual(['k#0', 1, 66, 67]);
  });

  it('reads special tokens as one token each, behind a BOS if they come first', () => {
    const end: PromptPiece = { kind: 'special', text: '</s>' };
    expect(layOutPrompt([text('A'), end, text('B')], 2, tokenize, special).entries).toEqual([1, 65, 1004, 66]);
    expect(layOutPrompt([end, text('B')], 2, tokenize, special).entries).toEqual([1, 1004, 66]);
  });

  it('takes ids as they are', () => {
    const pieces: PromptPiece[] = [text('A'), { kind: 'tokens', ids: [9, 8] }];
    expect(layOutPrompt(pieces, 2, tokenize, special).entries).toEqual([1, 65, 9, 8]);
  });

  it('refuses rows of the wrong width or length', () => {
    expect(() => layOutPrompt([rows(1)], 3, tokenize, special)).toThrow(/rows are 2 wide/);
    const short = { rows: 2, width: 2, data: new Float32Array(3) };
    expect(() => layOutPrompt([{ kind: 'embeddings', key: 'k', embeddings: short }], 2, tokenize, special)).toThrow();
  });
});

describe('commonPrefix', () => {
  it('counts equal positions; rows are equal by key and number', () => {
    expect(commonPrefix([1, 'a#0', 'a#1', 5], [1, 'a#0', 'a#1', 6])).toBe(3);
    expect(commonPrefix([1, 'a#0'], [1, 'b#0'])).toBe(1);
    expect(commonPrefix([], [1])).toBe(0);
    expect(commonPrefix([1, 2], [1, 2, 3])).toBe(2);
  });
});

describe('chunksFrom', () => {
  const prompt = layOutPrompt([text('ABC'), rows(3), text('DE')], 2, tokenize, special);
  const chunks = (from: number, size: number) =>
    [...chunksFrom(prompt, from, size)].map((chunk) => [chunk.count, ...(chunk.tokens ?? chunk.rows)]);

  it('cuts at parts and at the batch size', () => {
    expect(chunks(0, 3)).toEqual([[3, 1, 65, 66], [1, 67], [3, 0, 1, 2, 3, 4, 5], [2, 68, 69]]);
    expect(chunks(0, 2)).toEqual([[2, 1, 65], [2, 66, 67], [2, 0, 1, 2, 3], [1, 4, 5], [2, 68, 69]]);
  });

  it('starts in the middle of a part', () => {
    expect(chunks(5, 9)).toEqual([[2, 2, 3, 4, 5], [2, 68, 69]]);
    expect(chunks(8, 9)).toEqual([[1, 69]]);
    expect(chunks(9, 9)).toEqual([]);
  });
});
