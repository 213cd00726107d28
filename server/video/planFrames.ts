import {
  checkSpan,
  ErrorCode,
  framePlanIndices,
  type FramePlan,
  type FramePlanSpec,
  Limits,
  type ParsedFramePlan,
  parseFramePlanSpec,
  rintHalfEven,
  type Segment,
  VideoChatError,
} from '../protocol/index.js';
import { lastAtOrBefore } from './presentationIndex.js';
import { frameSeconds, type ProbedVideo } from './probeVideo.js';

/**
 * Makes a frame plan for a clip, without decoding. Frame numbers follow `framePlanIndices`; `seconds` are the true
 * presentation times, also where the frame rate varies.
 *
 * A span becomes frame numbers as in VideoChat2, `round(start·fps) … min(round(end·fps), N−1)`, when the rate is
 * constant, and the frames that begin in it when it varies. A span that ends after the clip is cut to it.
 *
 * @param span wins over nothing: a spec that has an `@start-end` of its own may not be given another one
 * @param maxFrames most frames a model takes; `fps:X` stops there, the other kinds are refused beyond it
 * @throws FramePlanInvalid
 */
export async function planFrames(
  video: ProbedVideo,
  spec: FramePlanSpec,
  span?: Segment,
  maxFrames: number = Limits.framesPerPlan,
): Promise<FramePlan> {
  const plan = parseFramePlanSpec(spec);
  if (plan.span && span) {
    throw invalid('The part of the clip is given twice.', 'Give it in the plan or beside it.');
  }
  const asked = plan.span ?? span;
  const { facts } = video;
  if (asked) checkSpan(asked);
  if (asked && facts.kind === 'video' && asked.startSeconds >= facts.durationSeconds) {
    throw invalid(
      `The part begins at ${asked.startSeconds} s, but the clip ends at ${Number(facts.durationSeconds.toFixed(3))} s.`,
      'Choose a part inside the clip.',
    );
  }
  const whole = { startSeconds: 0, endSeconds: facts.durationSeconds };
  const covered =
    asked && facts.kind === 'video'
      ? { startSeconds: asked.startSeconds, endSeconds: Math.min(asked.endSeconds, facts.durationSeconds) }
      : whole;
  const indices = chooseFrames(video, plan, asked && covered, maxFrames);
  if (indices.length > Math.min(maxFrames, Limits.framesPerPlan)) {
    throw invalid(`The plan has ${indices.length} frames; this model takes at most ${maxFrames}.`, `Ask for ${maxFrames} frames or fewer.`);
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
        throw invalid(`The clip ends before ${seconds} s.`, 'Choose times inside the clip.');
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

function reasonOf(video: ProbedVideo, plan: ParsedFramePlan, indices: readonly number[], span: Segment | undefined): string {
  const where = span ? `the part from ${shortSeconds(span.startSeconds)} to ${shortSeconds(span.endSeconds)} s` : 'the clip';
  const frames = indices.length === 1 ? '1 frame' : `${indices.length} frames`;
  if (video.facts.kind === 'image') return 'The picture itself';
  switch (plan.kind) {
    case 'videochat':
    case 'middle':
      return indices.length === 1
        ? `1 frame, ${plan.kind === 'middle' ? 'from the middle' : 'from the first half'} of ${where}`
        : `${frames}, one from the middle of each of ${indices.length} equal parts of ${where}`;
    case 'fps':
      return `${frames}, ${plan.framesPerSecond} per second of ${where}, each from the middle of its interval`;
    case 'at':
      return `${frames}, at the times asked for`;
    case 'all':
      return indices.length === 1 ? `The only frame of ${where}` : `All ${indices.length} frames of ${where}`;
  }
}

function shortSeconds(seconds: number): string {
  return String(Number(seconds.toFixed(2)));
}

function invalid(message: string, hint: string): VideoChatError {
  return new VideoChatError(ErrorCode.FramePlanInvalid, message, { hint });
}
