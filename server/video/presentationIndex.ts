import { partitionPoint } from '../protocol/index.js';

/** Which frames a stream presents, and when; made from its packets, without decoding. */
export interface PresentationIndex {
  /** Presentation time of each frame in units of the time base, ascending: frame i is `ticks[i]`. */
  ticks: Float64Array; // [frameCount]
  /** Presentation times of the frames that decoding can start from, ascending; some may not be presented themselves. */
  keyTicks: Float64Array;
  /** Duration of the last frame in ticks. */
  lastTicks: number;
  /** Frames can be told apart by their time and reached through key frames. If not, frames are counted from the start. */
  seekable: boolean;
}

/** An exact fraction, e.g. a time base of 1/12288 s. */
export interface Rational {
  numerator: number;
  denominator: number;
}

/** `30000/1001` → a fraction; undefined for `0/0` and for what is not one. */
export function parseRational(text: string | undefined): Rational | undefined {
  const match = /^(\d{1,15})[/:](\d{1,15})$/.exec(text ?? '');
  const numerator = Number(match?.[1] ?? 0);
  const denominator = Number(match?.[2] ?? 0);
  return numerator > 0 && denominator > 0 ? { numerator, denominator } : undefined;
}

/** Position of the last element ≤ value in an ascending array; −1 if there is none. */
export function lastAtOrBefore(sorted: Float64Array, value: number): number {
  return partitionPoint(sorted, (each) => each <= value) - 1;
}

/** Facts about time that follow from the index. */
export interface FrameTiming {
  durationSeconds: number;
  fps: number;
  variableFrameRate: boolean;
}

/**
 * Duration, rate, and whether the rate is constant: intervals that differ by no more than the rounding of
 * timestamps (two ticks, or 2.1 ms for clips that once were in a container of milliseconds).
 *
 * @param declared rates that the container names; one is taken instead of frames ÷ duration if it says the
 *   same within 0.5 % and the rate is constant, so that 29.97 is exactly 30000/1001
 */
export function frameTiming(index: PresentationIndex, timeBase: Rational, declared: readonly (Rational | undefined)[]): FrameTiming {
  const { ticks } = index;
  const count = ticks.length;
  const secondsPerTick = timeBase.numerator / timeBase.denominator;
  const first = ticks[0] ?? 0;
  const durationSeconds = ((ticks[count - 1] ?? 0) - first + index.lastTicks) * secondsPerTick;
  let shortest = Infinity;
  let longest = 0;
  for (let i = 1; i < count; i++) {
    const interval = (ticks[i] ?? 0) - (ticks[i - 1] ?? 0);
    if (interval < shortest) shortest = interval;
    if (interval > longest) longest = interval;
  }
  const mean = count > 1 ? ((ticks[count - 1] ?? 0) - first) / (count - 1) : index.lastTicks;
  const tolerance = Math.max(2, Math.min(0.0021 / secondsPerTick, mean / 4));
  const variableFrameRate = count > 2 && longest - shortest > tolerance;
  const measured = variableFrameRate || mean <= 0 ? count / durationSeconds : 1 / (mean * secondsPerTick);
  let fps = Number.isFinite(measured) ? measured : 0;
  if (!variableFrameRate) {
    const named = declared
      .map((rate) => (rate ? rate.numerator / rate.denominator : 0))
      .find((rate) => rate > 0 && (fps === 0 || Math.abs(rate / fps - 1) < 0.005));
    fps = named ?? fps;
  }
  return { durationSeconds: Math.max(0, durationSeconds), fps, variableFrameRate };
}
