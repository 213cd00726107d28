import { type AnnotatedMedia, frameAt, type FrameTimes, phrase, roundTime, timeOfFrame } from '../../protocol/index.js';
import { EntryMismatch } from './formatError.js';

/** Frames and seconds of one clip: by its frames' own times where the clip is there, else at its average rate. */
export interface FrameClock {
  /** Average frames per second. */
  fps: number;
  exact?: { times: FrameTimes; durationSeconds: number };
}

/** What a file says itself of a clip's frames. */
export interface ToldFrames {
  fps?: number;
  frameCount?: number;
}

/** What is known of a clip. `times`: of its frames, where the clip itself was looked at. */
export interface KnownFrames {
  media: AnnotatedMedia;
  times?: FrameTimes;
}

/** A file that counts otherwise than the clip has frames is believed: another tool has other frames. */
export function frameClock(told: ToldFrames, found: KnownFrames | undefined): FrameClock | undefined {
  const fps = found && frameRateOf(found.media);
  const { times, media } = found ?? {};
  if (fps !== undefined && times && media?.duration !== undefined && fits(told, fps, times)) {
    return { fps, exact: { times, durationSeconds: media.duration } };
  }
  const rate = frameRateOf({ path: '', ...(told.fps !== undefined && { fps: told.fps }) }) ?? fps;
  return rate === undefined ? undefined : { fps: rate };
}

function fits(told: ToldFrames, fps: number, times: FrameTimes): boolean {
  return told.frameCount !== undefined ? told.frameCount === times.length : told.fps === undefined || Math.abs(told.fps / fps - 1) < 0.005;
}

/** Average frames per second, as far as it is known; never a guess. */
export function frameRateOf(media: AnnotatedMedia | undefined): number | undefined {
  const { fps, frameCount, duration } = media ?? {};
  const found = fps ?? (frameCount !== undefined && duration !== undefined ? frameCount / duration : undefined);
  return found !== undefined && found > 0 && Number.isFinite(found) ? found : undefined;
}

/** @throws EntryMismatch */
export function knownClock(clock: FrameClock | undefined): FrameClock {
  if (clock === undefined) {
    throw new EntryMismatch(phrase`a clip whose frame rate is known (it has to be in the media folder)`);
  }
  return clock;
}

/** Whether the average rate leads to other frames than the clip's own. */
export function isUneven({ fps, exact }: FrameClock): boolean {
  return exact?.times.some((seconds, frame) => Math.abs(seconds * fps - frame) > 0.25) ?? false;
}

/** When a frame begins; 0 where that is no number. @param frame from 0; those behind the clip go on at the average rate */
export function secondsOfFrame(frame: number, { fps, exact }: FrameClock): number {
  const edge = (whole: number): number => {
    if (!exact || whole < 0) {
      return whole / fps;
    }
    const { times, durationSeconds } = exact;
    return timeOfFrame(times, whole, durationSeconds) + Math.max(0, whole - times.length) / fps;
  };
  const whole = Math.floor(frame);
  const part = frame - whole;
  const seconds = roundTime(part === 0 ? edge(whole) : edge(whole) + part * (edge(whole + 1) - edge(whole)));
  return Number.isFinite(seconds) ? seconds : 0;
}

/** The frame that begins nearest to a time, from 0. */
export function nearestFrame(seconds: number, { fps, exact }: FrameClock): number {
  if (!exact || seconds >= exact.durationSeconds) {
    const { frames, from } = exact ? { frames: exact.times.length, from: exact.durationSeconds } : { frames: 0, from: 0 };
    return Math.min(Number.MAX_SAFE_INTEGER - 1, Math.max(0, frames + Math.round((seconds - from) * fps)));
  }
  const { times, durationSeconds } = exact;
  const frame = frameAt(times, seconds);
  const [before, after] = [frame, frame + 1].map((each) => timeOfFrame(times, each, durationSeconds)) as [number, number];
  return seconds - before < after - seconds ? frame : frame + 1;
}

/** First and last frame, from 0, of a segment whose end is exclusive: at least one. */
export function framesBetween(start: number, end: number, clock: FrameClock): { first: number; last: number } {
  const first = nearestFrame(start, clock);
  return { first, last: Math.max(first, nearestFrame(end, clock) - 1) };
}
