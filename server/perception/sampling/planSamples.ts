import { frameAt, type FrameTimes, framesOfSegment, type Segment } from '../../protocol/index.js';

export interface SampleRequest {
  /** Of all frames of the clip. */
  times: FrameTimes;
  durationSeconds: number;
  /** Left out: the whole clip. */
  span?: Segment;
  /** At least so many a second, as long as the clip is not too long for it. Left out: 1. */
  framesPerSecond?: number;
}

/** Frames looked at in one run. */
export const mostFrames = { usually: 600, whenAsked: 10_000 };
/** Of them for the grid; the rest is for short shots and for what changes. */
const gridShare = 0.7;
/** A short clip is looked at as often as this. */
const leastFrames = 8;
const closestExponent = -10;

/** How many frames one run may look at. */
export function frameLimit({ framesPerSecond }: Pick<SampleRequest, 'framesPerSecond'>): number {
  return framesPerSecond === undefined ? mostFrames.usually : mostFrames.whenAsked;
}

/** Frames at even times, every `stepSeconds` from the beginning of the clip. */
export interface SampleGrid {
  stepSeconds: number;
  /** Numbers of different frames, ascending. */
  frames: number[];
}

/**
 * Chooses frames at multiples of a step that is a power of two seconds: whatever is asked for, a finer grid holds the
 * frames of a coarser one, and that of the whole clip those of its parts, so that no frame is looked at twice.
 */
export function planGrid(request: SampleRequest): SampleGrid {
  const { times, durationSeconds, framesPerSecond = 1, span = { startSeconds: 0, endSeconds: durationSeconds } } = request;
  if (times.length === 0) {
    return { stepSeconds: 1, frames: [] };
  }
  const bounds = framesOfSegment(times, span.startSeconds, Math.min(span.endSeconds, durationSeconds));
  const grid = (exponent: number): number[] => gridFrames(times, span, bounds, 2 ** exponent);
  const seconds = Math.min(span.endSeconds, durationSeconds) - span.startSeconds;
  let exponent = Math.max(closestExponent, Math.floor(Math.log2(1 / framesPerSecond)));
  while (seconds / 2 ** exponent > frameLimit(request) * gridShare) exponent++;
  const least = Math.min(leastFrames, bounds.last - bounds.first + 1);
  let frames = grid(exponent);
  while (frames.length < least && exponent > closestExponent) frames = grid(--exponent);
  return { stepSeconds: 2 ** exponent, frames };
}

function gridFrames(times: FrameTimes, span: Segment, { first, last }: { first: number; last: number }, step: number): number[] {
  const frames = new Set<number>();
  for (let k = Math.ceil(span.startSeconds / step - 1e-9); k * step < span.endSeconds || k === 0; k++) {
    const frame = frameAt(times, k * step);
    if (frame >= first && frame <= last) frames.add(frame);
    if (frame >= last) break;
  }
  // A span shorter than a frame, or a frame longer than the step.
  return frames.size > 0 ? [...frames] : [first];
}

/**
 * One frame, from the middle, for each shot that has none; the longest shots first where there is not room for all.
 *
 * @param frames already chosen, ascending
 * @param cuts where shots begin, ascending, without 0
 */
export function samplesOfShots(request: SampleRequest, frames: readonly number[], cuts: readonly number[]): number[] {
  const { times, durationSeconds } = request;
  const { startSeconds, endSeconds } = request.span ?? { startSeconds: 0, endSeconds: durationSeconds };
  const edges = [startSeconds, ...cuts.filter((cut) => cut > startSeconds && cut < endSeconds), Math.min(endSeconds, durationSeconds)];
  const seen = new Set(frames.map((frame) => lastEdge(edges, times[frame] ?? 0)));
  const missing = edges.slice(0, -1).flatMap((start, shot) => {
    const end = edges[shot + 1] ?? start;
    return seen.has(shot) || end <= start ? [] : [{ seconds: end - start, frame: frameAt(times, (start + end) / 2) }];
  });
  return missing
    .sort((a, b) => b.seconds - a.seconds || a.frame - b.frame)
    .slice(0, Math.max(0, frameLimit(request) - frames.length))
    .map(({ frame }) => frame)
    .sort((a, b) => a - b);
}

function lastEdge(edges: readonly number[], seconds: number): number {
  return Math.max(0, edges.findLastIndex((edge) => edge <= seconds + 0.5e-6));
}

/** Frames of the first look over the whole clip. */
const coarseFrames = 16;

/** Every n-th frame of a grid: what is looked at first, so that there is something of everything early. */
export function coarseSamples({ frames }: SampleGrid): number[] {
  let every = 1;
  while (frames.length / every > coarseFrames) every *= 2;
  return frames.filter((_, i) => i % every === 0);
}
