import { type AnnotatedMedia, phrase, roundTime } from '../../protocol/index.js';
import { EntryMismatch } from './formatError.js';

/** Average frames per second, as far as it is known; never a guess. */
export function frameRateOf(media: AnnotatedMedia | undefined): number | undefined {
  const { fps, frameCount, duration } = media ?? {};
  const found = fps ?? (frameCount !== undefined && duration !== undefined ? frameCount / duration : undefined);
  return found !== undefined && found > 0 && Number.isFinite(found) ? found : undefined;
}

/** @throws EntryMismatch */
export function knownRate(fps: number | undefined): number {
  if (fps === undefined) {
    throw new EntryMismatch(phrase`a clip whose frame rate is known (it has to be in the media folder)`);
  }
  return fps;
}

/** When a frame begins; 0 where that is no number. @param frame from 0 */
export function secondsOfFrame(frame: number, fps: number): number {
  const seconds = roundTime(frame / fps);
  return Number.isFinite(seconds) ? seconds : 0;
}

/** The frame that begins nearest to a time, from 0. */
export function nearestFrame(seconds: number, fps: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER - 1, Math.max(0, Math.round(seconds * fps)));
}

/** First and last frame, from 0, of a segment whose end is exclusive: at least one. */
export function framesBetween(start: number, end: number, fps: number): { first: number; last: number } {
  const first = nearestFrame(start, fps);
  return { first, last: Math.max(first, nearestFrame(end, fps) - 1) };
}
