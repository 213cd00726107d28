import type { Segment } from '../../../server/protocol/video.js';
import { isNumber, isText, optional, shape } from './guards.js';

/** What the editor keeps of a page while the page is gone; `conversationId` is all that its host reads. */
export interface Persisted {
  conversationId: string;
  draft: string;
  span?: Segment;
  /** The clip that is shown, and where its player stands. */
  clipId?: string;
  playheadSeconds?: number;
  volume?: number;
  /** The turn at the top of the view, and how many pixels of it are above; left out: the conversation's end. */
  anchor?: { turnId: string; offset: number };
}

const isPersisted = shape({
  conversationId: isText,
  draft: isText,
  span: optional(shape({ startSeconds: isNumber, endSeconds: isNumber })),
  clipId: optional(isText),
  playheadSeconds: optional(isNumber),
  volume: optional(isNumber),
  anchor: optional(shape({ turnId: isText, offset: isNumber })),
});

/** What an earlier page left, or nothing where that cannot be read. */
export function readPersisted(value: unknown): Persisted | undefined {
  return isPersisted(value) ? value : undefined;
}
