import type { CancellationToken } from '../../common/cancellation.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import type { ProbedVideo } from '../../video/probeVideo.js';
import { type Perception, voiceSampleRate, type VoiceListener } from '../perception.js';
import { readVoiceSamples } from './readVoiceSamples.js';
import { voicePartSeconds, type VoiceProbabilities, type VoiceStore, windowsPerPart } from './voiceStore.js';

export interface HearOptions {
  perception: Pick<Perception, 'listen'>;
  /** Of the model that hears. */
  modelHash: string;
  store: VoiceStore;
  tools: FfmpegTools;
  /** Nothing behind it is heard. */
  endSeconds: number;
  token: CancellationToken;
  onProgress?(doneSeconds: number): void;
}

/** Samples that are heard in one call. */
const samplesPerCall = voiceSampleRate * 8;

/**
 * How likely somebody speaks in each window of the sound, from the first frame on. Each part of the clip is heard by itself
 * and kept, so that another run, or one that was stopped, goes on from there.
 *
 * @throws PerceptionUnavailable, RequestCancelled, FfmpegFailed
 */
export async function hearVoices(video: ProbedVideo, options: HearOptions): Promise<VoiceProbabilities> {
  const { store, modelHash, token, tools } = options;
  const { contentHash, durationSeconds } = video.facts;
  const endSeconds = Math.min(durationSeconds, Math.ceil(options.endSeconds / voicePartSeconds) * voicePartSeconds);
  const parts = Math.ceil(endSeconds / voicePartSeconds);
  const heard = await Promise.all(Array.from({ length: parts }, (_, part) => store.find(contentHash, modelHash, part)));
  const last = heard.findLastIndex((part) => part === undefined);
  if (last >= 0) {
    const ear = new PartEar(options, heard, contentHash);
    await readVoiceSamples(video, Math.min(endSeconds, (last + 1) * voicePartSeconds), tools, (samples) => ear.take(samples), token);
    await ear.end();
  }
  const all = new Uint8Array(heard.reduce((sum, part) => sum + (part?.length ?? 0), 0));
  let at = 0;
  for (const part of heard) {
    all.set(part ?? [], at);
    at += part?.length ?? 0;
  }
  return all;
}

/** Cuts the sound into parts and hears those that are not known. */
class PartEar {
  private part = 0;
  private inPart = 0;
  private probabilities: number[] = [];
  private pending: Float32Array[] = [];
  private waiting = 0;
  private listener: VoiceListener | undefined;

  constructor(
    private readonly options: HearOptions,
    private readonly heard: (VoiceProbabilities | undefined)[],
    private readonly contentHash: string,
  ) {}

  async take(samples: Float32Array): Promise<void> {
    for (let offset = 0; offset < samples.length; ) {
      const room = voicePartSeconds * voiceSampleRate - this.inPart;
      const piece = samples.subarray(offset, offset + Math.min(room, samples.length - offset));
      offset += piece.length;
      this.inPart += piece.length;
      if (this.heard[this.part] === undefined) {
        this.pending.push(piece);
        this.waiting += piece.length;
        if (this.waiting >= samplesPerCall) await this.flush();
      }
      if (piece.length === room) await this.endPart();
    }
  }

  /** The sound has ended. */
  async end(): Promise<void> {
    if (this.inPart > 0) await this.endPart();
    // Sound that ends before the picture: silence.
    for (const [part, known] of this.heard.entries()) {
      if (known === undefined) await this.keep(part, new Uint8Array(0));
    }
  }

  private async flush(): Promise<void> {
    const samples = new Float32Array(this.waiting);
    let at = 0;
    for (const piece of this.pending) {
      samples.set(piece, at);
      at += piece.length;
    }
    this.pending = [];
    this.waiting = 0;
    this.listener ??= this.options.perception.listen();
    for (const probability of await this.listener.hear(samples, this.options.token)) {
      this.probabilities.push(Math.round(probability * 255));
    }
    this.options.onProgress?.(this.part * voicePartSeconds + this.inPart / voiceSampleRate);
  }

  private async endPart(): Promise<void> {
    if (this.heard[this.part] === undefined) {
      await this.flush();
      await this.keep(this.part, Uint8Array.from(this.probabilities.slice(0, windowsPerPart)));
    }
    this.part++;
    this.inPart = 0;
    this.probabilities = [];
    this.listener = undefined;
  }

  private async keep(part: number, heard: VoiceProbabilities): Promise<void> {
    this.heard[part] = heard;
    await this.options.store.keep(this.contentHash, this.options.modelHash, part, heard);
  }
}
