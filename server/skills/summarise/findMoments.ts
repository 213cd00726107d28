import { findAnswerTimes, type Segment } from '../../protocol/index.js';

/** How long a moment lasts that the text gives no end for, in seconds. */
const momentSeconds = 1;

/** The times of a text that lie in the clip, as stretches of it. */
export function findMoments(text: string, durationSeconds: number): { text: string; segment: Segment }[] {
  return findAnswerTimes(text).flatMap(({ start, end, startSeconds, endSeconds = startSeconds + momentSeconds }) =>
    startSeconds < durationSeconds
      ? [{ text: text.slice(start, end), segment: { startSeconds, endSeconds: Math.min(endSeconds, durationSeconds) } }]
      : [],
  );
}
