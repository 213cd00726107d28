import { ErrorCode, phrase, type Segment, VideoChatError, type VideoFacts } from '../protocol/index.js';

/**
 * The part of a clip that a span covers; undefined where that is all of it, and for pictures.
 *
 * @throws VideoChatError FramePlanInvalid for a span behind the clip's end
 */
export function partOf({ kind, durationSeconds }: VideoFacts, span: Segment | undefined): Segment | undefined {
  if (!span || kind === 'image') {
    return undefined;
  }
  if (span.startSeconds >= durationSeconds) {
    const end = Number(durationSeconds.toFixed(3));
    throw new VideoChatError(ErrorCode.FramePlanInvalid, phrase`The part begins at ${span.startSeconds} s, but the clip ends at ${end} s.`, {
      hint: phrase`Choose a part inside the clip.`,
    });
  }
  const part = { startSeconds: span.startSeconds, endSeconds: Math.min(span.endSeconds, durationSeconds) };
  return part.startSeconds === 0 && part.endSeconds === durationSeconds ? undefined : part;
}
