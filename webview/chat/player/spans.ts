import type { Segment } from '../../../server/protocol/video.js';

/** Shorter parts are slips of the hand, in seconds. */
export const shortestSpan = 0.1;

/** The part between two moments, in either order, within the clip; nothing if it would be too short. */
export function spanBetween(a: number, b: number, duration: number): Segment | undefined {
  const startSeconds = Math.max(0, Math.min(a, b));
  const endSeconds = Math.min(duration, Math.max(a, b));
  return endSeconds - startSeconds >= shortestSpan ? { startSeconds: round(startSeconds), endSeconds: round(endSeconds) } : undefined;
}

/** The part from this moment on; its end stays if it still lies behind. */
export function markIn(span: Segment | undefined, seconds: number, duration: number): Segment | undefined {
  const end = span && span.endSeconds - seconds >= shortestSpan ? span.endSeconds : duration;
  return spanBetween(seconds, end, duration) ?? span;
}

/** The part up to this moment; its start stays if it still lies before. */
export function markOut(span: Segment | undefined, seconds: number, duration: number): Segment | undefined {
  const start = span && seconds - span.startSeconds >= shortestSpan ? span.startSeconds : 0;
  return spanBetween(start, seconds, duration) ?? span;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
