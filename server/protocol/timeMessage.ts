import { rintHalfEven } from './rintHalfEven.js';

/** A number as Python prints a float: shortest round-trip digits, always with a fraction or an exponent. */
function pythonFloat(x: number): string {
  if (Math.abs(x) >= 1e16 || (x !== 0 && Math.abs(x) < 1e-4)) {
    return x.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(x) ? `${x}.0` : String(x);
}

/** `seconds` rounded to a tenth as numpy rounds: half to even after the multiplication, so 0.35 → `0.4`. */
export function roundedSeconds(seconds: number): string {
  return pythonFloat(rintHalfEven(seconds * 10) / 10);
}

/** The sentence VideoChat was trained with, for frames at these times; byte for byte. */
export function timeMessageOfSeconds(seconds: readonly number[]): string {
  return `The video contains ${seconds.length} frames sampled at ${seconds.map(roundedSeconds).join(', ')} seconds.`;
}

/**
 * VideoChat's time message from frame numbers, as the original computes it: `round(index / fps, 1)`.
 *
 * @param fps average frames per second of the container; 0 or less (an image) prints `0.0` for every frame
 */
export function videoChatTimeMessage(indices: readonly number[], fps: number): string {
  return timeMessageOfSeconds(indices.map((index) => (fps > 0 ? index / fps : 0)));
}

/**
 * The time message of a plan. Constant frame rate: `index / fps`, byte-equal to the original.
 * Variable frame rate: the true presentation times, where `index / fps` would name wrong moments.
 */
export function planTimeMessage(
  plan: { indices: readonly number[]; seconds: readonly number[] },
  facts: { fps: number; variableFrameRate: boolean },
): string {
  return facts.variableFrameRate
    ? timeMessageOfSeconds(plan.seconds)
    : videoChatTimeMessage(plan.indices, facts.fps);
}
