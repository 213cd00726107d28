import type { FrameClock } from './frameClock.js';

/** A player that still shows another frame then has that one only, or is told wrong times. */
const mostCorrections = 3;

/**
 * Brings a `<video>` to frames: never more than one seek at a time, the newest wish next, and made once more where
 * the player ended beside the frame. All times given and taken are the player's.
 */
export class FrameSeeks {
  readonly #video: HTMLVideoElement;
  readonly #clock: () => FrameClock;
  #wanted = 0;
  #seeking = false;
  /** Another frame was asked for while a seek was under way. */
  #again = false;
  /** The frame on the screen, as far as the player told since the last seek began. */
  #presented: number | undefined;
  #corrections = 0;

  /** @param offset the player's time of frame 0, in seconds */
  constructor(
    video: HTMLVideoElement,
    readonly offset: number,
    clock: () => FrameClock,
  ) {
    this.#video = video;
    this.#clock = clock;
  }

  goTo(frame: number): void {
    this.#wanted = frame;
    this.#corrections = 0;
    if (this.#seeking) {
      this.#again = true;
    } else {
      this.#seek(this.#clock().seekTo(frame));
    }
  }

  /** The player went on to a frame by itself: that is where it should be now. */
  played(frame: number): void {
    this.#wanted = frame;
  }

  /** The player tells of the frame on the screen, before or after it tells that the seek ended. */
  presented(frame: number): void {
    this.#presented = frame;
    this.#correct();
  }

  /** The player tells that a seek ended. */
  seeked(): void {
    this.#seeking = false;
    if (this.#again) {
      this.#again = false;
      this.goTo(this.#wanted);
    } else {
      this.#correct();
    }
  }

  /** Chromium sometimes shows the frame before the one that a time belongs to: deeper into the frame it does not. */
  #correct(): void {
    const beside = this.#presented !== undefined && this.#presented !== this.#wanted;
    if (beside && this.#video.paused && !this.#video.seeking && !this.#seeking && this.#corrections < mostCorrections) {
      this.#corrections++;
      this.#seek(this.#clock().seekTo(this.#wanted, true));
    }
  }

  #seek(seconds: number): void {
    this.#presented = undefined;
    this.#seeking = true;
    this.#video.currentTime = this.offset + seconds;
  }
}
