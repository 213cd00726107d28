import type { FramePlan } from '../../../server/protocol/video.js';

/** A picture has no moments: its plan spans none, there are no frames to choose from and nowhere to go. */
export function isOfPicture({ span }: Pick<FramePlan, 'span'>): boolean {
  return span.endSeconds <= span.startSeconds;
}
