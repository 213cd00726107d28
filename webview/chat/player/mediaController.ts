import type { Segment } from '../../../server/protocol/video.js';
import { stepped } from './frames.js';

export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2] as const;

/** Drives a `<video>`: seeking, frame steps, and playing a stretch that stops at its end. */
export class MediaController {
  readonly #video: HTMLVideoElement;
  readonly #changed: () => void;
  #range: Segment | undefined;
  /** Where to go as soon as the medium is there. */
  #wanted: number | undefined;
  #shown: number | undefined;
  #watching = false;
  #disposed = false;

  /** @param changed called when the time, or what plays, changed */
  constructor(video: HTMLVideoElement, changed: () => void) {
    this.#video = video;
    this.#changed = changed;
  }

  /** The stretch that plays. */
  get range(): Segment | undefined {
    return this.#range;
  }

  /** The time of the frame on the screen. */
  get seconds(): number {
    return this.#wanted ?? this.#shown ?? this.#video.currentTime;
  }

  /** Goes somewhere; a stretch that played ends with that. */
  seek(seconds: number): void {
    this.#range = undefined;
    this.#goTo(seconds);
  }

  playRange(range: Segment): void {
    this.#goTo(range.startSeconds);
    this.#range = range;
    void this.play();
  }

  async play(): Promise<void> {
    if (this.#video.error) {
      // The line broke: once more from the same address, at the same place.
      this.#wanted = this.seconds;
      this.#video.load();
    }
    try {
      await this.#video.play();
    } catch {
      // Refused before a first gesture, or the medium went away: the button still says play.
    }
    this.#changed();
  }

  toggle(): void {
    if (this.#video.paused) {
      void this.play();
    } else {
      this.#video.pause();
    }
  }

  step(frames: number, fps: number, duration: number): void {
    this.#video.pause();
    this.seek(stepped(this.seconds, frames, fps > 0 ? fps : 25, duration));
  }

  speedUp(by: 1 | -1): void {
    const index = speeds.findIndex((speed) => speed >= this.#video.playbackRate);
    const next = speeds[Math.min(speeds.length - 1, Math.max(0, index + by))];
    if (next !== undefined) {
      this.setSpeed(next);
    }
  }

  setSpeed(speed: number): void {
    // The default is what stays when the medium changes its address.
    this.#video.defaultPlaybackRate = speed;
    this.#video.playbackRate = speed;
  }

  /** To be called when the medium's metadata are there. */
  metadataLoaded(): void {
    const wanted = this.#wanted;
    if (wanted !== undefined) {
      this.#wanted = undefined;
      this.#video.currentTime = wanted;
    }
    this.#watch();
  }

  /** To be called when the player's clock moved. */
  clockMoved(): void {
    if (this.#video.seeking) {
      this.#shown = undefined;
    }
    this.#checkRange();
    this.#changed();
  }

  dispose(): void {
    this.#disposed = true;
    this.#video.pause();
  }

  #goTo(seconds: number): void {
    this.#shown = undefined;
    if (this.#video.readyState >= 1) {
      this.#video.currentTime = seconds;
    } else {
      this.#wanted = seconds;
    }
    this.#changed();
  }

  /** Follows the frames themselves where the player tells of them: exact to the frame, unlike its clock's events. */
  #watch(): void {
    const video = this.#video;
    if (this.#watching || typeof video.requestVideoFrameCallback !== 'function') {
      return;
    }
    this.#watching = true;
    const onFrame = (_now: number, frame: VideoFrameCallbackMetadata): void => {
      if (this.#disposed) {
        return;
      }
      this.#shown = frame.mediaTime;
      this.#checkRange();
      this.#changed();
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  #checkRange(): void {
    const range = this.#range;
    if (range && !this.#video.paused && !this.#video.seeking && this.#video.currentTime >= range.endSeconds - 0.02) {
      this.#video.pause();
      this.#range = undefined;
      this.#goTo(range.endSeconds);
    }
  }
}
