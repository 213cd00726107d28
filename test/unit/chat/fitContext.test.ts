import { describe, expect, it } from 'vitest';
import { fitContext, type ContextRequest } from '../../../server/chat/fitContext.js';
import { ErrorCode } from '../../../server/protocol/index.js';

/** A context of 100 tokens; the video takes 10, the question 10, each turn 10; a character is a token. */
function request(turns: number, overrides: Partial<ContextRequest> = {}): ContextRequest & { counted: number } {
  const all = Array.from({ length: turns }, (_, i) => ({ question: `q${i}`.padEnd(5), answer: `a${i}`.padEnd(5) }));
  const made = {
    turns: all,
    droppedTurns: 0,
    maxTokens: 20,
    contextLength: 100,
    counted: 0,
    build: (dropped: number) => [
      { kind: 'text' as const, text: 'v'.repeat(10) },
      { kind: 'text' as const, text: all.slice(dropped).map(({ question, answer }) => question + answer).join('') },
      { kind: 'text' as const, text: '?'.repeat(10) },
    ],
    count: (pieces: { kind: string; text?: string }[]) => {
      made.counted++;
      return pieces.reduce((sum, piece) => sum + (piece.text?.length ?? 0), 0);
    },
    ...overrides,
  };
  return made;
}

const length = (pieces: readonly { kind: string }[]): number =>
  pieces.reduce((sum, piece) => sum + (piece as unknown as { text: string }).text.length, 0);

describe('fitContext', () => {
  it('keeps everything while prompt and reserve fit', () => {
    const { pieces, droppedTurns } = fitContext(request(6));
    expect(droppedTurns).toBe(0);
    expect(length(pieces)).toBe(80);
  });

  it('drops the oldest turns, with room for the next ones, when it does not fit', () => {
    const { pieces, droppedTurns } = fitContext(request(7));
    expect(droppedTurns).toBe(2);
    expect(length(pieces)).toBe(70);
    const texts = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
    expect(texts.startsWith('v'.repeat(10))).toBe(true);
    expect(texts.endsWith('?'.repeat(10))).toBe(true);
    expect(texts).not.toContain('q1');
    expect(texts).toContain('q2');
  });

  it('does not put dropped turns back, so that the prefix stays the same', () => {
    expect(fitContext(request(5, { droppedTurns: 2 })).droppedTurns).toBe(2);
    expect(fitContext(request(8, { droppedTurns: 2 })).droppedTurns).toBe(2);
    expect(fitContext(request(9, { droppedTurns: 2 })).droppedTurns).toBe(4);
  });

  it('reserves a quarter of the context at most, however long an answer may be', () => {
    expect(fitContext(request(5, { maxTokens: 8192 })).droppedTurns).toBe(0);
    expect(fitContext(request(6, { maxTokens: 8192 })).droppedTurns).toBe(1);
  });

  it('gives up the margin rather than fail', () => {
    const tight = request(1, { contextLength: 26, maxTokens: 1 });
    expect(fitContext(tight)).toMatchObject({ droppedTurns: 1 });
  });

  it('says so when video and question alone are too much', () => {
    expect(() => fitContext(request(0, { contextLength: 20, maxTokens: 1 }))).toThrowError(
      expect.objectContaining({ code: ErrorCode.ContextOverflow }) as Error,
    );
    expect(() => fitContext(request(30, { contextLength: 20 }))).toThrowError(
      expect.objectContaining({ code: ErrorCode.ContextOverflow }) as Error,
    );
  });

  it('tokenises a long history a few times only', () => {
    const long = request(5000, { contextLength: 1000 });
    const { droppedTurns } = fitContext(long);
    expect(droppedTurns).toBe(5000 - 73);
    expect(long.counted).toBeLessThan(20);
  });

  it('never tokenises what cannot fit by its length alone', () => {
    let longest = 0;
    const huge = request(0, {
      turns: Array.from({ length: 100 }, () => ({ question: 'q'.repeat(5000), answer: 'a'.repeat(5000) })),
      build: (dropped) => [{ kind: 'text', text: 'x'.repeat(20 + (100 - dropped) * 10_000) }],
      count: (pieces) => {
        longest = Math.max(longest, length(pieces));
        return length(pieces);
      },
      contextLength: 1000,
    });
    expect(fitContext(huge).droppedTurns).toBe(100);
    expect(longest).toBeLessThanOrEqual(64_020);
  });
});
