import { type FrameTimes, frameAt, roundTime, seekTime, timeOfFrame } from '../../../server/protocol/frameTimes.js';

/** Players give times in whole microseconds, cut off: a little more finds the frame they mean. */
const playerRounding = 2e-4;

/**
 * Frames and seconds of the clip in the player. Without the frames' times (no server, say) frames are estimated from
 * the rate, and nothing claims to be exact.
 */
export class FrameClock {
  readonly times: FrameTimes;
  readonly durationSeconds: number;
  readonly fps: number;
  readonly #rate: number;

  constructor(times: FrameTimes | undefined, durationSeconds: number, fps: number) {
    this.times = times ?? new Float64Array();
    this.durationSeconds = durationSeconds;
    this.fps = fps;
    this.#rate = fps > 0 ? fps : 25;
  }

  /** Frame numbers are those of the file, and not estimates. */
  get isExact(): boolean {
    return this.times.length > 0;
  }

  get lastFrame(): number {
    return Math.max(0, (this.isExact ? this.times.length : Math.ceil(this.durationSeconds * this.#rate - 1e-3)) - 1);
  }

  frameAt(seconds: number): number {
    return this.isExact ? frameAt(this.times, seconds + playerRounding) : Math.min(this.lastFrame, Math.floor(Math.max(0, seconds) * this.#rate + 1e-3));
  }

  clamp(frame: number): number {
    return Math.min(this.lastFrame, Math.max(0, frame));
  }

  /** When a frame begins, which is when the one before it ends. */
  timeOf(frame: number): number {
    return roundTime(this.isExact ? timeOfFrame(this.times, frame, this.durationSeconds) : Math.min(frame / this.#rate, this.durationSeconds || Infinity));
  }

  /** Where to seek so that the player shows a frame. `deeper`: the player was a frame early. */
  seekTo(frame: number, deeper = false): number {
    if (this.isExact && !deeper) {
      return seekTime(this.times, frame, this.durationSeconds);
    }
    return (this.timeOf(frame) + this.timeOf(frame + 1)) / 2;
  }
}
