import type { Segment, VideoFacts } from '../protocol/index.js';

/** Whether a clip or a part of it is to be told of from what is said of its windows: some frames of it would tell little. */
export function isLong({ kind, durationSeconds }: VideoFacts, span: Segment | undefined, longClipSeconds: number): boolean {
  const { startSeconds = 0, endSeconds = durationSeconds } = span ?? {};
  return kind === 'video' && Math.min(endSeconds, durationSeconds) - startSeconds > longClipSeconds;
}
