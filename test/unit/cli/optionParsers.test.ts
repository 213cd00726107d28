import { describe, expect, it } from 'vitest';
import { clipTime, decimal, wholeNumber } from '../../../server/cli/optionParsers.js';

describe('option parsers', () => {
  it.each([
    ['0', 0],
    ['83.5', 83.5],
    ['1:23.5', 83.5],
    ['0:01:23', 83],
    ['1:00:00', 3600],
    ['120', 120],
  ])('reads the time %s', (text, seconds) => {
    expect(clipTime(text)).toBe(seconds);
  });

  it.each(['', '-1', 'x', '1:60', '1:2:3:4', '60:00:00:00', '1:99:00', '1e3', 'NaN', '0x10', ' 1'])('refuses the time %j', (text) => {
    expect(() => clipTime(text)).toThrow(/Expected seconds/);
  });

  it('keeps whole numbers within bounds', () => {
    const parse = wholeNumber(1, 64);
    expect(parse('64')).toBe(64);
    for (const text of ['0', '65', '1.5', '1e1', '', 'x', '0x10']) {
      expect(() => parse(text)).toThrow(/from 1 to 64/);
    }
  });

  it('keeps decimals within bounds', () => {
    const parse = decimal(0, 1);
    expect([parse('0'), parse('.5'), parse('1.0')]).toEqual([0, 0.5, 1]);
    for (const text of ['1.1', '-0.1', 'Infinity', 'NaN', '', '.']) {
      expect(() => parse(text)).toThrow(/from 0 to 1/);
    }
  });
});
