import type { Segment } from '../protocol/index.js';

/** Whole seconds, or tenths where whole ones would make a moment of it. */
export function secondsOf({ startSeconds, endSeconds }: Segment): [from: string, to: string] {
  const whole = Math.round(endSeconds) > Math.round(startSeconds);
  return [asNumber(startSeconds, whole), asNumber(Math.max(startSeconds, endSeconds), whole)];
}

/** `from 2 to 9 seconds`, or `at 2.3 seconds`: as `findAnswerTimes` understands it. */
export function spokenTimes(segment: Segment): string {
  const [from, to] = secondsOf(segment);
  return from === to ? `at ${from} seconds` : `from ${from} to ${to} seconds`;
}

function asNumber(seconds: number, whole: boolean): string {
  return String(whole ? Math.round(seconds) : Math.round(seconds * 10) / 10);
}

/** The part of a segment that lies within another. */
export function cutTo(segment: Segment, { startSeconds, endSeconds }: Segment): Segment {
  return { startSeconds: Math.max(segment.startSeconds, startSeconds), endSeconds: Math.min(segment.endSeconds, endSeconds) };
}
