import type { FrameClock } from './frameClock.js';
import { FrameSeeks } from './frameSeeks.js';

export const speeds = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;
const shuttleRates = [-4, -2, -1, 0, 1, 2, 4] as const;
/** A player that shows nothing for so long will not tell which frame its zero is. */
const patienceMs = 1500;

export interface FrameRange {
  start: number;
  end: number;
}

export interface FrameControllerParts {
  clock(): FrameClock;
  /** The frame on the screen, or what plays, changed. */
  changed(): void;
  /** What a running loop repeats; nothing: the whole clip. */
  loopRange(): FrameRange | undefined;
}

/**
 * Drives a `<video>` by frames. It works without one too: then there is only a place in the clip. All times are of
 * the clip; the player's own may begin elsewhere, by as much as its first frame says.
 */
export class FrameController {
  readonly #parts: FrameControllerParts;
  #video: HTMLVideoElement | undefined;
  /** Takes back what hangs on the present video. */
  #leave: (() => void)[] = [];
  /** Nothing until frame 0 was seen: only then the player's time of it is known. */
  #seeks: FrameSeeks | undefined;
  /** The frame to show, which may be ahead of the one on the screen. */
  #frame = 0;
  #range: FrameRange | undefined;
  #shuttle: (typeof shuttleRates)[number] = 0;
  #speed = 1;
  #loop = false;
  #backwards: { since: number; from: number } | undefined;

  constructor(parts: FrameControllerParts) {
    this.#parts = parts;
  }

  get frame(): number {
    return this.#frame;
  }
  /** When the frame on the screen begins. */
  get seconds(): number {
    return this.#clock.timeOf(this.#frame);
  }
  get playing(): boolean {
    return this.#backwards !== undefined || (this.#video !== undefined && !this.#video.paused && !this.#video.ended);
  }
  get speed(): number {
    return this.#speed;
  }
  get loop(): boolean {
    return this.#loop;
  }
  get shuttle(): number {
    return this.#shuttle;
  }
  get #clock(): FrameClock {
    return this.#parts.clock();
  }

  /** Takes a video, whose medium may not be there yet, and goes on where the one before was. */
  attach(video: HTMLVideoElement | undefined): void {
    if (video === this.#video) {
      return;
    }
    this.#detach();
    this.#video = video;
    if (!video) {
      return;
    }
    const listen = (type: string, run: () => void): void => {
      video.addEventListener(type, run);
      this.#leave.push(() => video.removeEventListener(type, run));
    };
    listen('loadeddata', () => this.#wait(video));
    listen('emptied', () => this.#reset());
    listen('error', () => this.#reset());
    listen('seeked', () => this.#seeks?.seeked());
    for (const type of ['play', 'pause', 'ended', 'ratechange']) {
      listen(type, () => this.#parts.changed());
    }
    listen('timeupdate', () => {
      // Frames are told of only where they are drawn.
      if (typeof video.requestVideoFrameCallback !== 'function' || video.ownerDocument.hidden) {
        this.#showed(video.currentTime);
      }
    });
    video.defaultPlaybackRate = this.#speed;
    video.playbackRate = this.#speed;
    this.#follow(video);
    if (video.readyState >= 2) {
      this.#wait(video);
    }
  }

  /** The clip's times became known, or changed: the same moment may be another frame. */
  reclock(seconds: number): void {
    this.#frame = this.#clock.clamp(this.#clock.frameAt(seconds));
    this.#goTo(this.#frame);
  }

  seekSeconds(seconds: number): void {
    this.seekFrame(this.#clock.frameAt(seconds));
  }

  seekFrame(frame: number): void {
    this.#range = undefined;
    this.#goTo(frame);
  }

  step(frames: number): void {
    this.pause();
    this.seekFrame(this.#frame + frames);
  }

  toggle(): void {
    if (this.playing) {
      this.pause();
    } else {
      this.play();
    }
  }

  play(range?: FrameRange): void {
    this.#stopBackwards();
    this.#shuttle = 0;
    this.#setRate(1);
    const { lastFrame } = this.#clock;
    if (range) {
      this.#goTo(this.#clock.frameAt(range.start));
    } else if (this.#frame >= lastFrame) {
      this.#goTo(0);
    }
    this.#range = range;
    // Refused before a first gesture, or the medium went away: the button still says play.
    this.#video?.play().catch(() => this.#parts.changed());
    this.#parts.changed();
  }

  pause(): void {
    this.#stopBackwards();
    this.#shuttle = 0;
    this.#range = undefined;
    this.#video?.pause();
    this.#setRate(1);
    this.#parts.changed();
  }

  /** One gear further forward or back; forward gears play, backward ones step. */
  shift(by: 1 | -1): void {
    const gear = shuttleRates.indexOf(this.#backwards || this.#shuttle !== 0 ? this.#shuttle : this.playing ? 1 : 0);
    const next = shuttleRates[Math.min(shuttleRates.length - 1, Math.max(0, gear + by))] ?? 0;
    if (next === 0) {
      return this.pause();
    }
    if (next > 0) {
      this.play();
      this.#shuttle = next;
      this.#setRate(next);
    } else {
      this.#video?.pause();
      this.#range = undefined;
      this.#shuttle = next;
      this.#playBackwards();
    }
    this.#parts.changed();
  }

  setSpeed(speed: number): void {
    this.#speed = Math.min(4, Math.max(0.1, speed));
    this.#setRate(Math.max(1, this.#shuttle));
    this.#parts.changed();
  }

  speedUp(by: 1 | -1): void {
    const index = speeds.findIndex((speed) => speed >= this.#speed - 1e-6);
    this.setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, index + by))] ?? 1);
  }

  setLoop(loop: boolean): void {
    this.#loop = loop;
    this.#parts.changed();
  }

  dispose(): void {
    this.#stopBackwards();
    this.#detach();
  }

  #detach(): void {
    for (const leave of this.#leave.splice(0)) {
      leave();
    }
    this.#video?.pause();
    this.#video = undefined;
    this.#reset();
  }

  #reset(): void {
    this.#seeks = undefined;
    this.#parts.changed();
  }

  /** The first frame shown is frame 0, whatever time the player gives it. Then on to where the person was. */
  #calibrate(video: HTMLVideoElement, offset: number): void {
    if (this.#video === video && !this.#seeks) {
      this.#seeks = new FrameSeeks(video, offset, () => this.#clock);
      this.#goTo(this.#frame);
    }
  }

  /** A player that has data and tells of no frame (it may be hidden) is believed to begin at zero. */
  #wait(video: HTMLVideoElement): void {
    const knowsFrames = typeof video.requestVideoFrameCallback === 'function';
    const timer = setTimeout(() => this.#calibrate(video, 0), knowsFrames ? patienceMs : 0);
    this.#leave.push(() => clearTimeout(timer));
  }

  /** Follows the frames on the screen, from the first one on. */
  #follow(video: HTMLVideoElement): void {
    const onFrame = (_now: number, { mediaTime }: VideoFrameCallbackMetadata): void => {
      if (this.#video === video) {
        if (!this.#seeks) {
          this.#calibrate(video, mediaTime < 1 ? mediaTime : 0);
        } else {
          this.#showed(mediaTime, true);
        }
        video.requestVideoFrameCallback(onFrame);
      }
    };
    video.requestVideoFrameCallback?.(onFrame);
  }

  /** @param certain the time is that of a frame on the screen, and not just the player's clock */
  #showed(playerSeconds: number, certain = false): void {
    const video = this.#video;
    if (!video || !this.#seeks) {
      return;
    }
    const frame = this.#clock.clamp(this.#clock.frameAt(playerSeconds - this.#seeks.offset));
    if (video.paused || video.seeking) {
      if (certain) {
        this.#seeks.presented(frame);
      }
      return;
    }
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#seeks.played(frame);
      this.#parts.changed();
    }
    this.#checkRange(video);
  }

  /** Stops on the last frame of what plays, so that none outside is seen. */
  #checkRange(video: HTMLVideoElement): void {
    const range = this.#range ?? (this.#loop ? (this.#parts.loopRange() ?? { start: 0, end: this.#clock.durationSeconds }) : undefined);
    if (!range || this.#clock.timeOf(this.#frame + 1) < range.end - 1e-6) {
      return;
    }
    if (this.#loop) {
      this.#goTo(this.#clock.frameAt(range.start));
      void video.play().catch(() => undefined);
    } else {
      this.#range = undefined;
      const last = this.#clock.frameAt(range.end - 2e-4 - 1e-6);
      this.pause();
      this.#goTo(Math.min(this.#frame, Math.max(this.#clock.frameAt(range.start), last)));
    }
  }

  #goTo(frame: number): void {
    this.#frame = this.#clock.clamp(frame);
    this.#seeks?.goTo(this.#frame);
    this.#parts.changed();
  }

  #setRate(gear: number): void {
    if (this.#video) {
      const rate = Math.min(16, this.#speed * gear);
      this.#video.defaultPlaybackRate = this.#speed;
      this.#video.playbackRate = rate;
    }
  }

  #playBackwards(): void {
    const run = (now: number): void => {
      const back = this.#backwards;
      if (!back) {
        return;
      }
      const seconds = back.from + ((now - back.since) / 1000) * this.#shuttle * this.#speed;
      if (seconds <= 0) {
        this.pause();
        return this.#goTo(0);
      }
      const frame = this.#clock.frameAt(seconds);
      if (frame !== this.#frame) {
        this.#goTo(frame);
      }
      requestAnimationFrame(run);
    };
    const started = this.#backwards !== undefined;
    this.#backwards = { since: performance.now(), from: this.seconds };
    if (!started) {
      requestAnimationFrame(run);
    }
  }

  #stopBackwards(): void {
    this.#backwards = undefined;
  }
}
