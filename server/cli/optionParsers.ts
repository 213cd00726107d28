import { InvalidArgumentError } from 'commander';
import type { Segment } from '../protocol/index.js';

/** Option values: whole numbers within bounds. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Option values: numbers within bounds. */
export function decimal(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?(\d+\.?\d*|\.\d+)$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** A time in a clip: `83.5`, `1:23.5` or `0:01:23.5`; seconds. */
export function clipTime(text: string): number {
  const match = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)$/.exec(text);
  const [, hours, minutes, seconds] = match ?? [];
  if (!match || (minutes !== undefined && Number(seconds) >= 60)) {
    throw new InvalidArgumentError('Expected seconds (83.5) or a time (1:23.5).');
  }
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
}

/** A part of a clip: `12-20`, `1:12-1:20`. */
export function clipSpan(text: string): Segment {
  const [start = '', end = '', ...more] = text.split(/[-–]/);
  if (more.length > 0 || end === '') {
    throw new InvalidArgumentError('Expected two times: 12-20 or 1:12-1:20.');
  }
  const span = { startSeconds: clipTime(start), endSeconds: clipTime(end) };
  if (span.endSeconds <= span.startSeconds) {
    throw new InvalidArgumentError('The part ends before it begins.');
  }
  return span;
}
