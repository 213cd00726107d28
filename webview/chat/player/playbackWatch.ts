/** Why a clip does not play as it is. */
export type PlaybackFailure = 'error' | 'noPicture' | 'silent' | 'slow';

export interface WatchedVideo {
  videoWidth: number;
  currentTime: number;
  muted: boolean;
  volume: number;
  /** Chromium's counter of decoded sound; other players have none. */
  webkitAudioDecodedByteCount?: number;
}

export interface PlaybackWatchParts {
  expectPicture: boolean;
  expectSound: boolean;
  /** Waiting this long for data is slow. */
  slowAfterMs: number;
  /** Called at most once. */
  report(failure: PlaybackFailure): void;
  /** Returns what takes the call back. */
  later(run: () => void, ms: number): () => void;
}

/** So many seconds of playing without a byte of sound are no coincidence. */
const silentAfterSeconds = 1.5;

/** Notices that a medium fails, also where the player keeps quiet about it. One watch per media address. */
export class PlaybackWatch {
  readonly #parts: PlaybackWatchParts;
  #done = false;
  #stopTimer: (() => void) | undefined;
  #played = 0;
  #lastTime: number | undefined;

  constructor(parts: PlaybackWatchParts) {
    this.#parts = parts;
  }

  failed(): void {
    this.#report('error');
  }

  /** Some codecs give metadata and sound, no picture and no error. */
  metadataLoaded(video: WatchedVideo): void {
    if (this.#parts.expectPicture && video.videoWidth === 0) {
      this.#report('noPicture');
    }
  }

  /** Data is awaited. */
  waiting(): void {
    if (!this.#done && !this.#stopTimer) {
      this.#stopTimer = this.#parts.later(() => this.#report('slow'), this.#parts.slowAfterMs);
    }
  }

  /** Data came. */
  flowing(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** The clip plays and has come to this time. */
  advanced(video: WatchedVideo): void {
    const step = video.currentTime - (this.#lastTime ?? video.currentTime);
    this.#lastTime = video.currentTime;
    if (step > 0 && step < 1) {
      this.#played += step;
    }
    const audible = !video.muted && video.volume > 0;
    if (this.#parts.expectSound && audible && video.webkitAudioDecodedByteCount === 0 && this.#played > silentAfterSeconds) {
      this.#report('silent');
    }
  }

  dispose(): void {
    this.#done = true;
    this.flowing();
  }

  #report(failure: PlaybackFailure): void {
    if (!this.#done) {
      this.dispose();
      this.#parts.report(failure);
    }
  }
}
