import type { MediaSource } from '../../../server/protocol/media.js';
import { fetchWaveform } from '../player/clipData.js';

export interface WaveformPart {
  start: number;
  end: number;
  samples: Int8Array;
}

const waitMs = 150;
const pixelsPerBucket = 2;

/** Fetches the sound of the part in view once it has stood still for a moment. */
export class WaveformLoader {
  readonly #loaded: () => void;
  #media: Pick<MediaSource, 'url'> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | undefined;
  #asked = '';
  part: WaveformPart | undefined;
  /** The clip has no sound. */
  silent = false;

  /** @param loaded called when there is something new to draw */
  constructor(loaded: () => void) {
    this.#loaded = loaded;
  }

  show(media: Pick<MediaSource, 'url'> | undefined, start: number, end: number, width: number): void {
    if (media?.url !== this.#media?.url) {
      this.#media = media;
      this.part = undefined;
      this.silent = false;
      this.#asked = '';
    }
    const part = { start: Number(start.toFixed(3)), end: Number(end.toFixed(3)), buckets: Math.max(1, Math.round(width / pixelsPerBucket)) };
    const key = JSON.stringify(part);
    if (!media || this.silent || key === this.#asked || end <= start) {
      return;
    }
    this.#asked = key;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(media, part), waitMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#asked = '';
  }

  async #load(media: Pick<MediaSource, 'url'>, part: { start: number; end: number; buckets: number }): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    try {
      const samples = await fetchWaveform(media, part, signal);
      if (signal.aborted || media.url !== this.#media?.url || samples === undefined) {
        return;
      }
      this.silent = samples === 'silent';
      this.part = samples === 'silent' ? undefined : { start: part.start, end: part.end, samples };
      this.#loaded();
    } catch {
      // Without the server there is no sound to see; the next part is asked for all the same.
    }
  }
}
