import { describe, expect, it } from 'vitest';
import { chatOptionsProblem, toChatOptions } from '../../../server/cli/chatOptions.js';
import type { VideoFacts } from '../../../server/protocol/index.js';

const facts = { durationSeconds: 10 } as VideoFacts;

describe('toChatOptions', () => {
  it('leaves to the manifest what was not given', () => {
    expect(toChatOptions({}, facts)).toEqual({});
  });

  it('keeps zeros', () => {
    expect(toChatOptions({ temperature: 0, seed: 0, start: 0 }, facts)).toEqual({
      span: { startSeconds: 0, endSeconds: 10 },
      sampling: { temperature: 0, seed: 0 },
    });
  });

  it('fills the open side of a span', () => {
    expect(toChatOptions({ start: 2 }, facts).span).toEqual({ startSeconds: 2, endSeconds: 10 });
    expect(toChatOptions({ end: 2 }, facts).span).toEqual({ startSeconds: 0, endSeconds: 2 });
  });

  it('refuses a start after the end of the clip', () => {
    expect(() => toChatOptions({ start: 11 }, facts)).toThrow(/ends at 10 s/);
  });

  it('turns a number of frames into a plan', () => {
    expect(toChatOptions({ frames: 16 }, facts).plan).toBe('videochat:16');
    expect(toChatOptions({ plan: 'fps:2' }, facts).plan).toBe('fps:2');
  });
});

describe('chatOptionsProblem', () => {
  it('finds options that contradict each other', () => {
    expect(chatOptionsProblem({ frames: 8, plan: 'fps:1' })).toMatch(/not both/);
    expect(chatOptionsProblem({ start: 3, end: 3 })).toMatch(/later/);
    expect(chatOptionsProblem({ start: 3, end: 4, frames: 8 })).toBeUndefined();
  });
});
