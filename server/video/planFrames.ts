import {
  checkSpan,
  ErrorCode,
  type FramePlan,
  framePlanIndices,
  type FramePlanSpec,
  Limits,
  type ParsedFramePlan,
  parseFramePlanSpec,
  type Phrase,
  phrase,
  rintHalfEven,
  type Segment,
  VideoChatError,
} from '../protocol/index.js';
import { lastAtOrBefore } from './presentationIndex.js';
import { frameSeconds, type ProbedVideo } from './probeVideo.js';

/** A frame plan whose reason has not been said in a language yet. */
export type PlannedFrames = Omit<FramePlan, 'reason'> & { reason: string | Phrase };

/**
 * Makes a frame plan for a clip, without decoding. Frame numbers follow `framePlanIndices`; `seconds` are the true
 * presentation times, also where the frame rate varies.
 *
 * A span becomes frame numbers as in VideoChat2, `round(start·fps) … min(round(end·fps), N−1)`, when the rate is
 * constant, and the frames that begin in it when it varies. A span that ends after the clip is cut to it.
 *
 * @param span wins over nothing: a spec that has an `@start-end` of its own may not be given another one
 * @param maxFrames most frames a model takes; `fps:X` stops there, `rate:X` spreads them, the other kinds are refused beyond it
 * @throws FramePlanInvalid
 */
export async function planFrames(
  video: ProbedVideo,
  spec: FramePlanSpec,
  span?: Segment,
  maxFrames: number = Limits.framesPerPlan,
): Promise<PlannedFrames> {
  const plan = parseFramePlanSpec(spec);
  if (plan.span && span) {
    throw invalid(phrase`The part of the clip is given twice.`, phrase`Give it in the plan or beside it.`);
  }
  const asked = plan.span ?? span;
  const { facts } = video;
  if (asked) checkSpan(asked);
  if (asked && facts.kind === 'video' && asked.startSeconds >= facts.durationSeconds) {
    throw invalid(
      phrase`The part begins at ${asked.startSeconds} s, but the clip ends at ${Number(facts.durationSeconds.toFixed(3))} s.`,
      phrase`Choose a part inside the clip.`,
    );
  }
  const whole = { startSeconds: 0, endSeconds: facts.durationSeconds };
  const covered =
    asked && facts.kind === 'video'
      ? { startSeconds: asked.startSeconds, endSeconds: Math.min(asked.endSeconds, facts.durationSeconds) }
      : whole;
  const indices = chooseFrames(video, plan, asked && covered, maxFrames);
  if (indices.length > Math.min(maxFrames, Limits.framesPerPlan)) {
    throw invalid(phrase`The plan has ${indices.length} frames; this model takes at most ${maxFrames}.`, phrase`Ask for ${maxFrames} frames or fewer.`);
  }
  return {
    spec: plan.canonical,
    span: covered,
    indices,
    seconds: indices.map((index) => frameSeconds(video, index)),
    reason: reasonOf(video, plan, indices, asked && covered),
  };
}

function chooseFrames(video: ProbedVideo, plan: ParsedFramePlan, span: Segment | undefined, maxFrames: number): number[] {
  const { frameCount, fps } = video.facts;
  if (plan.kind === 'at') {
    return plan.seconds.map((seconds) => {
      if (seconds > video.facts.durationSeconds) {
        throw invalid(phrase`The clip ends before ${seconds} s.`, phrase`Choose times inside the clip.`);
      }
      return frameAt(video, seconds);
    });
  }
  // An image is one frame, looked at once, whatever the plan for videos is.
  if (video.facts.kind === 'image') return [0];
  // VideoChat2's last frame may begin at the end of the span; the other plans keep to its frames.
  const { first, last } = span ? framesOf(video, span, plan.kind === 'videochat') : { first: 0, last: frameCount - 1 };
  return framePlanIndices(plan, { frameCount, fps, first, last, maxFrames });
}

/** Frames of a span, both included. */
function framesOf(video: ProbedVideo, span: Segment, endIncluded: boolean): { first: number; last: number } {
  const { frameCount, fps, variableFrameRate } = video.facts;
  const end = frameCount - 1;
  if (variableFrameRate) {
    const first = frameAt(video, span.startSeconds);
    const starting = frameSeconds(video, first) < span.startSeconds && first < end ? first + 1 : first;
    const last = frameAt(video, span.endSeconds);
    const before = frameSeconds(video, last) >= span.endSeconds ? last - 1 : last;
    // A span inside one long frame shows that frame.
    return before < starting ? { first, last: first } : { first: starting, last: before };
  }
  const first = Math.min(end, Math.max(0, rintHalfEven(span.startSeconds * fps)));
  const last = Math.min(end, rintHalfEven(span.endSeconds * fps) - (endIncluded ? 0 : 1));
  return { first, last: Math.max(first, last) };
}

/** The frame that is shown at a time. */
function frameAt(video: ProbedVideo, seconds: number): number {
  const { ticks } = video.index;
  const { numerator, denominator } = video.timeBase;
  // A thousandth of a tick, so that a time that was printed and read again finds its own frame.
  const at = (ticks[0] ?? 0) + (seconds * denominator) / numerator + 1e-3;
  return Math.max(0, lastAtOrBefore(ticks, at));
}

function reasonOf(video: ProbedVideo, plan: ParsedFramePlan, indices: readonly number[], span: Segment | undefined): Phrase {
  const where = span ? phrase`the part from ${shortSeconds(span.startSeconds)} to ${shortSeconds(span.endSeconds)} s` : phrase`the clip`;
  const frames = indices.length === 1 ? phrase`1 frame` : phrase`${indices.length} frames`;
  if (video.facts.kind === 'image') return phrase`The picture itself`;
  switch (plan.kind) {
    case 'videochat':
    case 'middle':
    case 'midpoints':
      if (indices.length === 1) {
        return plan.kind !== 'videochat' ? phrase`1 frame, from the middle of ${where}` : phrase`1 frame, from the first half of ${where}`;
      }
      return phrase`${frames}, one from the middle of each of ${indices.length} equal parts of ${where}`;
    case 'linspace':
    case 'rate':
      return indices.length === 1 ? phrase`The first frame of ${where}` : phrase`${frames}, evenly from the first to the last of ${where}`;
    case 'starts':
      return indices.length === 1 ? phrase`The first frame of ${where}` : phrase`${frames}, the first of each of ${indices.length} equal parts of ${where}`;
    case 'pieces':
      return phrase`${frames}, the first and the last of pieces of 2 s that are spread over ${where}`;
    case 'fps':
      return phrase`${frames}, ${plan.framesPerSecond} per second of ${where}, each from the middle of its interval`;
    case 'at':
      return phrase`${frames}, at the times asked for`;
    case 'all':
      return indices.length === 1 ? phrase`The only frame of ${where}` : phrase`All ${indices.length} frames of ${where}`;
  }
}

function shortSeconds(seconds: number): string {
  return String(Number(seconds.toFixed(2)));
}

function invalid(message: Phrase, hint: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.FramePlanInvalid, message, { hint });
}
