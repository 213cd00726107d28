import type { Segment, VideoFacts } from '../protocol/index.js';

/** A clip or a part that lasts longer than this is told of from what is said of its windows, in seconds. */
export const longSeconds = 180;

export function isLong({ kind, durationSeconds }: VideoFacts, span?: Segment): boolean {
  const { startSeconds = 0, endSeconds = durationSeconds } = span ?? {};
  return kind === 'video' && Math.min(endSeconds, durationSeconds) - startSeconds > longSeconds;
}
