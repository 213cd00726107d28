import { ErrorCode, VideoChatError } from './errors.js';
import { type Phrase, phrase } from './phrase.js';
import { Limits } from './limits.js';
import { rintHalfEven } from './rintHalfEven.js';
import type { FramePlanSpec, Segment } from './video.js';

/** Kinds of {@link FramePlanSpec}, as `initialize` announces them. */
export const framePlanKinds = ['videochat', 'middle', 'midpoints', 'linspace', 'starts', 'pieces', 'fps', 'rate', 'all', 'at'] as const;
export type FramePlanKind = (typeof framePlanKinds)[number];

/** A parsed {@link FramePlanSpec}. */
export type ParsedFramePlan = (
  | { kind: 'videochat' | 'middle' | 'midpoints' | 'linspace' | 'starts' | 'pieces'; count: number }
  | { kind: 'fps' | 'rate'; framesPerSecond: number }
  | { kind: 'all' }
  | { kind: 'at'; seconds: number[] }
) & {
  /** The spec without its span, numbers in their shortest form. */
  canonical: string;
  /** From the `@start-end` suffix. */
  span?: Segment;
};

const hint = phrase`Write videochat:S, middle:S, midpoints:S, linspace:S, starts:S, pieces:S (S = number of frames), fps:X, rate:X, at:SECONDS,SECONDS or all, with @START-END behind it for a part of the clip; e.g. videochat:8 or fps:0.5@10-30.`;

function invalid(message: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.FramePlanInvalid, message, { hint });
}

function decimal(text: string, what: Phrase): number {
  if (!/^\d{1,9}(\.\d{1,9})?$|^\.\d{1,9}$/.test(text)) {
    throw invalid(phrase`"${text.slice(0, 40)}" is not ${what}.`);
  }
  return Number(text);
}

/**
 * Parses a frame plan:
 *
 * ```
 * spec = plan [ "@" seconds "-" seconds ]         part of the clip, in seconds from its first frame
 * plan = "videochat" [ ":" count ]                VideoChat's own choice (default 8 frames)
 *      | "middle" [ ":" count ]                   the middle of equal parts (InternVideo's test sampler)
 *      | "midpoints" ":" count                    halfway through equal parts (Video-ChatGPT); each frame once if there are fewer
 *      | "linspace" ":" count                     from the first to the last frame (VTimeLLM, Video-LLaVA)
 *      | "starts" ":" count                       the first of equal parts (Video-LLaMA); each frame once if there are fewer
 *      | "pieces" ":" count                       the first and the last of each of half as many pieces of 2 s, from the first to the
 *                                                last that there is room for (ImageBind)
 *      | "fps" ":" seconds                        that many frames per second, from the middle of each interval
 *      | "rate" ":" seconds                       as many as that from the first to the last frame, or as the model takes, then
 *                                                without the first and the last second (SmolVLM2)
 *      | "at" ":" seconds { "," seconds }         the frames that are shown at these times
 *      | "all"                                    every frame
 * ```
 *
 * @throws FramePlanInvalid
 */
export function parseFramePlanSpec(spec: FramePlanSpec): ParsedFramePlan {
  const match = /^\s*([a-z]{1,20})(?::([\d.,]{1,1000}))?(?:@([\d.]{1,20})-([\d.]{1,20}))?\s*$/i.exec(spec.slice(0, 1100));
  if (!match || spec.length > 1100) {
    throw invalid(phrase`"${spec.slice(0, 40)}" is not a frame plan.`);
  }
  const [, name = '', value, start, end] = match;
  let span: Segment | undefined;
  if (start !== undefined && end !== undefined) {
    span = { startSeconds: decimal(start, phrase`a time in seconds`), endSeconds: decimal(end, phrase`a time in seconds`) };
    checkSpan(span);
  }
  const kind = name.toLowerCase();
  switch (kind) {
    case 'videochat':
    case 'middle':
    case 'midpoints':
    case 'linspace':
    case 'starts':
    case 'pieces': {
      const count = value === undefined ? 8 : decimal(value, phrase`a number of frames`);
      if (!Number.isInteger(count) || count < 1 || count > Limits.framesPerPlan) {
        throw invalid(phrase`A plan has 1 to ${Limits.framesPerPlan} frames, not ${value ?? ''}.`);
      }
      return { kind, count, canonical: `${kind}:${count}`, span };
    }
    case 'fps':
    case 'rate': {
      const framesPerSecond = decimal(value ?? '', phrase`a number of frames per second`);
      if (!(framesPerSecond > 0)) {
        throw invalid(phrase`A plan needs more than 0 frames per second.`);
      }
      return { kind, framesPerSecond, canonical: `${kind}:${framesPerSecond}`, span };
    }
    case 'at': {
      const seconds = (value ?? '').split(',').map((item) => decimal(item, phrase`a time in seconds`));
      if (seconds.length > Limits.framesPerPlan) {
        throw invalid(phrase`A plan has 1 to ${Limits.framesPerPlan} frames, not ${seconds.length}.`);
      }
      return { kind, seconds, canonical: `at:${seconds.join(',')}`, span };
    }
    case 'all':
      if (value !== undefined) {
        throw invalid(phrase`The plan "all" takes no number.`);
      }
      return { kind, canonical: 'all', span };
    default:
      throw invalid(phrase`There is no frame plan "${name}".`);
  }
}

/** @throws FramePlanInvalid unless both ends are finite and the span is not empty. */
export function checkSpan(span: Segment): void {
  const { startSeconds, endSeconds } = span;
  if (!Number.isFinite(startSeconds) || !Number.isFinite(endSeconds) || startSeconds < 0 || endSeconds <= startSeconds) {
    throw new VideoChatError(
      ErrorCode.FramePlanInvalid,
      phrase`The part from ${startSeconds} s to ${endSeconds} s is empty.`,
      { hint: 'The start must be 0 or later, and the end after the start.' },
    );
  }
}

/** What the frame arithmetic needs to know of a clip. */
export interface FrameRange {
  frameCount: number;
  fps: number;
  /** Frames of the span, both ends included; the whole clip if left out. */
  first?: number;
  last?: number;
  /** Most frames that `fps:X` and `rate:X` may choose; the first keeps the first ones, the second spreads them. */
  maxFrames?: number;
}

/**
 * Frame numbers of a plan; pure arithmetic on frame numbers in double precision.
 *
 * `videochat:S` is the original's `start + rint(seg·i)`, with VideoChat2's bounded index when a span is
 * given: `int(first + seg/2 + rint(seg·i))`, `seg = (last − first)/S`. `middle` and `fps` are the samplers of
 * the original's dataset code, applied to the frames of the span; the others are those of the systems they are named
 * with above. `at` is not arithmetic on frame numbers
 * and is refused here.
 *
 * @returns frame numbers in plan order; never empty, repeated when the clip is short
 * @throws FramePlanInvalid if `all` would be too many frames
 */
export function framePlanIndices(plan: ParsedFramePlan, range: FrameRange): number[] {
  const { frameCount, fps } = range;
  const first = range.first ?? 0;
  const last = range.last ?? frameCount - 1;
  const maxFrames = Math.min(range.maxFrames ?? Limits.framesPerPlan, Limits.framesPerPlan);
  if (!(frameCount >= 1) || first < 0 || last < first || last >= frameCount) {
    throw new VideoChatError(ErrorCode.FramePlanInvalid, 'There are no frames in that part of the clip.');
  }
  const length = last - first + 1;
  switch (plan.kind) {
    case 'videochat': {
      const seg = (last - first) / plan.count;
      return Array.from({ length: plan.count }, (_, i) => Math.trunc(first + seg / 2 + rintHalfEven(seg * i)));
    }
    case 'middle':
      return middleIndices(plan.count, length).map((index) => first + index);
    case 'midpoints':
      return midpointIndices(Math.min(plan.count, length), length).map((index) => first + index);
    case 'linspace':
      return evenIndices(plan.count, length).map((index) => first + index);
    case 'starts': {
      const step = length / Math.min(plan.count, length);
      return Array.from({ length: Math.min(plan.count, length) }, (_, i) => first + Math.min(length - 1, Math.trunc(i * step)));
    }
    case 'pieces':
      return pieceEnds(plan.count, length, fps > 0 ? fps : 1).map((index) => first + index);
    case 'rate': {
      const rate = fps > 0 ? fps : 1;
      const wanted = rintHalfEven((plan.framesPerSecond * length) / rate);
      // Of a clip with more than the model takes, the first and the last second are left out.
      const skip = length / rate - 2 > maxFrames * plan.framesPerSecond ? rate : 0;
      const from = Math.trunc(skip);
      const to = Math.min(length - 1, Math.trunc(length - skip));
      const even = evenIndices(Math.min(maxFrames, Math.max(1, wanted)), to - from + 1);
      return [...new Set(even)].map((index) => first + from + index);
    }
    case 'fps': {
      const rate = fps > 0 ? fps : 1;
      const indices = fpsIndices(plan.framesPerSecond, length, rate, maxFrames).map((index) => first + index);
      // Shorter than half an interval: the sampler finds nothing, yet a clip has at least one frame to show.
      return indices.length > 0 ? indices : [first + Math.floor((length - 1) / 2)];
    }
    case 'all':
      if (length > maxFrames) {
        throw new VideoChatError(
          ErrorCode.FramePlanInvalid,
          phrase`All ${length} frames are more than the ${maxFrames} a plan may have.`,
          { hint: 'Choose a shorter part of the clip, or a plan such as videochat:8.' },
        );
      }
      return Array.from({ length }, (_, i) => first + i);
    case 'at':
      throw new VideoChatError(ErrorCode.FramePlanInvalid, 'The plan "at" needs the times of the frames.');
  }
}

/** Frames that begin in each piece of 2 s, the first and the last of them; pieces overlap in a clip that is short. */
function pieceEnds(count: number, frameCount: number, fps: number): number[] {
  const pieces = Math.ceil(count / 2);
  const room = Math.max(0, frameCount / fps - 2);
  // The first frame that begins at a time or after it.
  const from = (seconds: number): number => Math.ceil(seconds * fps - 1e-6);
  const ends = Array.from({ length: pieces }, (_, i) => {
    const start = (i * room) / Math.max(1, pieces - 1);
    const begin = Math.min(frameCount - 1, from(start));
    return [begin, Math.max(begin, Math.min(frameCount, from(start + 2)) - 1)];
  });
  return ends.flat().slice(0, count);
}

/** Halfway, rounded down, between the ends `rint(seg·i)` and `rint(seg·(i+1))` of each part, `seg = (N−1)/n`. */
function midpointIndices(count: number, frameCount: number): number[] {
  const seg = (frameCount - 1) / count;
  return Array.from({ length: count }, (_, i) => Math.floor((rintHalfEven(seg * i) + rintHalfEven(seg * (i + 1))) / 2));
}

/** `linspace(0, N−1, n)` truncated; repeated when there are fewer frames. */
function evenIndices(count: number, frameCount: number): number[] {
  const step = count > 1 ? (frameCount - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => (count > 1 && i === count - 1 ? frameCount - 1 : Math.trunc(i * step)));
}

/** `linspace(0, N, n+1)` truncated; the middle `(a + b−1) // 2` of each part; the last one repeated if N < n. */
function middleIndices(count: number, frameCount: number): number[] {
  const parts = Math.min(count, frameCount);
  const step = frameCount / parts;
  const boundary = (i: number): number => (i === parts ? frameCount : Math.trunc(i * step));
  return Array.from({ length: count }, (_, i) => {
    const part = Math.min(i, parts - 1);
    return Math.floor((boundary(part) + boundary(part + 1) - 1) / 2);
  });
}

/** Seconds δ/2, 3δ/2, … as `numpy.arange` makes them; frame numbers rounded half to even; those past the end dropped. */
function fpsIndices(framesPerSecond: number, frameCount: number, fps: number, maxFrames: number): number[] {
  const delta = 1 / framesPerSecond;
  const start = delta / 2;
  const stop = frameCount / fps + delta / 2;
  const length = Math.max(0, Math.ceil((stop - start) / delta));
  // arange fills with the difference of its first two values, which rounding may set apart from `delta`.
  const step = start + delta - start;
  const indices: number[] = [];
  for (let i = 0; i < length && indices.length < maxFrames; i++) {
    const index = rintHalfEven((start + i * step) * fps);
    if (index >= frameCount) {
      break;
    }
    indices.push(index);
  }
  return indices;
}
