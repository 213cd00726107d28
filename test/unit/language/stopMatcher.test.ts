import { describe, expect, it } from 'vitest';
import { StopMatcher, type StopRules } from '../../../server/language/stopMatcher.js';

/** Feeds tokens, and says what was handed out after each, with the rest at the end. */
function run(rules: Partial<StopRules>, steps: [number, string][]) {
  const matcher = new StopMatcher({ texts: [], ids: [], ...rules });
  const out: string[] = [];
  for (const [id, text] of steps) {
    const step = matcher.push(id, text);
    out.push(step.text);
    if (step.stopped) {
      return { out, stopped: true };
    }
  }
  return { out: [...out, matcher.flush()], stopped: false };
}

describe('StopMatcher', () => {
  it('hands text through when nothing may begin a stop', () => {
    expect(run({ texts: ['###'] }, [[1, 'a'], [2, ' b']])).toEqual({ out: ['a', ' b', ''], stopped: false });
  });

  it('holds back what may begin a stop, and lets it go when it does not', () => {
    expect(run({ texts: ['###'] }, [[1, 'a#'], [2, '#'], [3, 'b'], [4, '#']])).toEqual({
      out: ['a', '', '##b', '', '#'],
      stopped: false,
    });
  });

  it('stops at a text spread over tokens, and keeps what stands before it', () => {
    expect(run({ texts: ['###'] }, [[1, 'x ##'], [2, '#Human']])).toEqual({ out: ['x ', ''], stopped: true });
    expect(run({ texts: ['###'] }, [[1, 'a####']])).toEqual({ out: ['a'], stopped: true });
  });

  it('takes the earliest of several stops', () => {
    expect(run({ texts: ['cd', 'bc'] }, [[1, 'abcd']])).toEqual({ out: ['a'], stopped: true });
    expect(run({ texts: ['b'], ids: [[7]] }, [[7, 'ab']])).toEqual({ out: [''], stopped: true });
  });

  it('holds back by the longest open stop', () => {
    expect(run({ texts: ['ab!', 'aab?'] }, [[1, 'xaab']]).out[0]).toBe('x');
    expect(run({ texts: ['aaab'] }, [[1, 'aaaa']]).out[0]).toBe('a');
  });

  it('stops at ids as the newest tokens, leaving their text out', () => {
    const rules = { ids: [[835], [2277, 29937]] };
    expect(run(rules, [[5, 'red'], [835, '###']])).toEqual({ out: ['red', ''], stopped: true });
    expect(run(rules, [[5, 'red'], [2277, '##'], [29937, '#']])).toEqual({ out: ['red', '', ''], stopped: true });
    expect(run(rules, [[2277, '##'], [5, 'x'], [29937, '#']])).toEqual({ out: ['', '##x', '#', ''], stopped: false });
  });

  it('finds overlapping id sequences', () => {
    expect(run({ ids: [[1, 1, 2]] }, [[1, 'a'], [1, 'b'], [1, 'c'], [2, 'd']])).toEqual({
      out: ['', '', 'a', ''],
      stopped: true,
    });
  });

  it('ignores empty rules', () => {
    expect(run({ texts: [''], ids: [[]] }, [[1, 'a']])).toEqual({ out: ['a', ''], stopped: false });
  });
});
