import { describe, expect, it } from 'vitest';
import { formatBytes, formatClipTime } from '../../../server/cli/formatValues.js';

describe('values for people', () => {
  it.each([
    [0, '0:00.0'],
    [7.449, '0:07.4'],
    [59.96, '1:00.0'],
    [723, '12:03.0'],
    [3723.5, '1:02:03.5'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatClipTime(seconds)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [999_960, '1.0 MB'],
    [38_200_000, '38.2 MB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
