import { describe, expect, it } from 'vitest';
import { findAnswerTimes } from '../../../server/protocol/index.js';

/** What was found, as `words → seconds`. */
const found = (text: string): string[] =>
  findAnswerTimes(text).map(
    ({ start, end, startSeconds, endSeconds }) =>
      `${text.slice(start, end)} → ${startSeconds}${endSeconds === undefined ? '' : `..${endSeconds}`}`,
  );

describe('findAnswerTimes', () => {
  it.each<[string, string[]]>([
    ['The dog jumps at 0:05.', ['0:05 → 5']],
    ['at 1:02:03, then 12:03.5', ['1:02:03 → 3723', '12:03.5 → 723.5']],
    ['At 5.2 s it turns, at 5 seconds it waits, at 7s it goes.', ['5.2 s → 5.2', '5 seconds → 5', '7s → 7']],
    ['moves from 3 to 7 seconds', ['from 3 to 7 seconds → 3..7']],
    ['It moves 3.0–7.0 s and 8-9.5 sec.', ['3.0–7.0 s → 3..7', '8-9.5 sec → 8..9.5']],
    ['between 2 and 4 seconds', ['between 2 and 4 seconds → 2..4']],
    ['Between 0:02 and 0:04', ['Between 0:02 and 0:04 → 2..4']],
    ['From 3 s until 7.5 s it rests', ['From 3 s until 7.5 s → 3..7.5']],
    ['(0:05-0:09) [1:00 – 1:30]', ['0:05-0:09 → 5..9', '1:00 – 1:30 → 60..90']],
    ['at 1 minute and 5 seconds, after 2 minutes', ['1 minute and 5 seconds → 65', '2 minutes → 120']],
    ['1 to 2 minutes', ['1 to 2 minutes → 60..120']],
    ['at 0:05 and 0:09', ['0:05 → 5', '0:09 → 9']],
    ['**0:05**: a ball.\n- `1.5 s`', ['0:05 → 5', '1.5 s → 1.5']],
    ['第5秒出现,从3到7秒移动,1分5秒结束', ['5秒 → 5', '从3到7秒 → 3..7', '1分5秒 → 65']],
    ['from 5 to 5 seconds', ['from 5 to 5 seconds → 5']],
    ['2 balls. 3 seconds in, 4 s', ['3 seconds → 3', '4 s → 4']],
  ])('finds them in %j', (text, want) => expect(found(text)).toEqual(want));

  it.each([
    ['nothing here'], [''], ['a ratio of 16:9 and a score of 3:1'], ['1:75 and 1:60:00 and 5:5'], ['version 1:02:03:04'],
    ['2024-10-05 and 10.0.0.1:8080'], ['from 7 to 3 seconds'], ['5 score points, 5 sheep, 3 st'], ['1,200 s'],
    ['rests for 5 seconds, lasts about 3 s, every 2 seconds'], ['a pole 5 s long'], ['from 3 to 7'], ['x5 s'],
    ['3 to 0:07 is odd'.replace('0:07', 'seven')], ['frames 8 to 12 of 20'], ['seconds'], ['-5 s'], ['99999999999 s'],
  ])('finds no time in %j', (text) => expect(found(text)).toEqual([]));

  it('gives places that fit, in order and apart, whatever the text', () => {
    const pieces = ['0:05', ' ', 'from ', 'between ', '3', ' to ', ' and ', '7 s', ':', '.', '–', 'seconds', '1:02:03', '秒', 'minute', '\n', '9'];
    let state = 7;
    const next = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31);
    for (let i = 0; i < 2000; i++) {
      const text = Array.from({ length: 12 }, () => pieces[next() % pieces.length]).join('');
      let last = 0;
      for (const { start, end, startSeconds, endSeconds } of findAnswerTimes(text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(Number.isFinite(startSeconds) && startSeconds >= 0).toBe(true);
        if (endSeconds !== undefined) expect(endSeconds).toBeGreaterThan(startSeconds);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(text.length);
    }
  });

  it('does not lose itself in a long text', () => {
    expect(findAnswerTimes('1:'.repeat(50_000))).toEqual([]);
    expect(findAnswerTimes('from 3 to '.repeat(20_000))).toEqual([]);
    expect(findAnswerTimes('9'.repeat(100_000))).toEqual([]);
  });
});
