import { type AnnotatedMedia, type AnnotationEdit, roundTime, type VideoFacts } from '../../protocol/index.js';

/** Which clip it is, as documents note it. */
export function mediaIdentity(path: string, facts: VideoFacts | undefined): AnnotatedMedia {
  if (!facts) {
    return { path };
  }
  const { kind, contentHash, durationSeconds, fps, frameCount, timeBase } = facts;
  if (kind === 'image') {
    return { path, sha256: contentHash };
  }
  return { path, sha256: contentHash, duration: roundTime(durationSeconds), fps: roundTime(fps), frameCount, ...(timeBase === undefined ? {} : { timeBase }) };
}

/** The edit that notes which clip it is in a document that does not say so yet; nothing where it does. */
export function noteIdentity(media: AnnotatedMedia, facts: VideoFacts | undefined): AnnotationEdit[] {
  if (!facts || media.sha256 !== undefined) {
    return [];
  }
  // What somebody has written there is theirs.
  return [{ op: 'clip', set: { media: { ...mediaIdentity(media.path, facts), ...media } } }];
}
