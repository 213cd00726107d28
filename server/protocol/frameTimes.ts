import { partitionPoint } from './partitionPoint.js';

/**
 * Frames and seconds of one clip. `times` are the presentation times of its frames, ascending, in seconds from the
 * first frame (so `times[0]` is 0): as probed, never computed from a rate. Frame numbers count from 0 in that order,
 * as ffmpeg and OpenCV do.
 */
export type FrameTimes = Float64Array; // [frameCount]

/** Times in documents have microseconds; two of them closer than this are one. */
export const timeTolerance = 0.5e-6;

/** A time as documents hold it: rounded to microseconds. */
export function roundTime(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

/** The frame that is shown at a time: the last one that begins no later. 0 before the first and in an empty clip. */
export function frameAt(times: FrameTimes, seconds: number): number {
  return Math.max(0, partitionPoint(times, (begin) => begin <= seconds + timeTolerance) - 1);
}

/** When a frame begins; behind the last frame: the end of the clip. */
export function timeOfFrame(times: FrameTimes, frame: number, durationSeconds: number): number {
  return frame < times.length ? (times[Math.max(0, frame)] ?? 0) : durationSeconds;
}

/**
 * A time to seek to so that a player shows this frame whichever way it rounds: a little behind the frame's beginning,
 * at most half of what it lasts.
 */
export function seekTime(times: FrameTimes, frame: number, durationSeconds: number): number {
  const start = timeOfFrame(times, frame, durationSeconds);
  const end = timeOfFrame(times, frame + 1, durationSeconds);
  return start + Math.min(0.001, Math.max(0, end - start) / 2);
}

/** The frame edge nearest to a time: the beginning of a frame, or the end of the clip. */
export function nearestEdge(times: FrameTimes, seconds: number, durationSeconds: number): number {
  const frame = frameAt(times, seconds);
  const before = timeOfFrame(times, frame, durationSeconds);
  const after = timeOfFrame(times, frame + 1, durationSeconds);
  return roundTime(seconds - before <= after - seconds ? before : after);
}

/** First and last frame of a segment whose end is exclusive. A segment shorter than a frame holds the one shown at its start. */
export function framesOfSegment(times: FrameTimes, start: number, end: number): { first: number; last: number } {
  const first = frameAt(times, start);
  const atEnd = frameAt(times, end);
  const endsAtEdge = Math.abs((times[atEnd] ?? 0) - end) <= timeTolerance;
  return { first, last: Math.max(first, endsAtEdge ? atEnd - 1 : atEnd) };
}
