import type { PageRequest } from '../host/host.js';
import type { Segment } from '../../../server/protocol/video.js';

/** What a person did in one part of the page that another part, or the host, has to act on. */
export type Intent =
  | PageRequest
  /** A question was written; the page adds what it concerns. */
  | { type: 'ask'; text: string }
  /** Show this moment, or play just this stretch. */
  | { type: 'goTo'; startSeconds: number; endSeconds?: number; /** Left out: the first video. */ clipId?: string }
  /** The question concerns this part, or the whole clip. */
  | { type: 'span'; span: Segment | undefined }
  | { type: 'showClip'; clipId: string }
  | { type: 'draft'; text: string }
  | { type: 'playhead'; seconds: number; volume: number }
  | { type: 'scrolled'; anchor: { turnId: string; offset: number } | undefined };

export const intentEvent = 'videochat-intent';

declare global {
  interface HTMLElementEventMap {
    [intentEvent]: CustomEvent<Intent>;
  }
}
