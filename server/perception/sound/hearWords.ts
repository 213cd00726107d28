import type { CancellationToken } from '../../common/cancellation.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import type { Segment } from '../../protocol/index.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import type { ProbedVideo } from '../../video/probeVideo.js';
import { type HeardLine, voiceSampleRate } from '../perception.js';
import { readVoiceSamples } from './readVoiceSamples.js';
import type { Recogniser } from './recogniser.js';
import type { WordStore } from './wordStore.js';

export interface HearWordsOptions {
  recogniser: Recogniser;
  store: WordStore;
  tools: FfmpegTools;
  token: CancellationToken;
  /** @param lines all that are known */
  onPiece(done: number, lines: readonly HeardLine[]): void;
}

/** Less is not heard again. */
const leastRest = 0.25; // s

/**
 * What is said in pieces of a clip. Each is kept when it is done, so that a run that was stopped goes on from there.
 *
 * @param pieces in order, without overlaps
 * @returns in order of time
 * @throws PerceptionUnavailable, RequestCancelled, FfmpegFailed, FfmpegMissing
 */
export async function hearWords(video: ProbedVideo, pieces: readonly Segment[], options: HearWordsOptions): Promise<HeardLine[]> {
  const { recogniser, store, tools, token, onPiece } = options;
  const { contentHash } = video.facts;
  const known = new Map<Segment, readonly HeardLine[]>();
  for (const piece of pieces) {
    const lines = await store.find(contentHash, recogniser.hash, piece);
    if (lines) known.set(piece, lines);
  }
  const all = (): HeardLine[] => pieces.flatMap((piece) => known.get(piece) ?? []);
  const missing = pieces.filter((piece) => !known.has(piece));
  const last = missing.at(-1);
  onPiece(known.size, all());
  if (!last) return all();
  const cutter = new PieceCutter(missing, async (piece, samples) => {
    const lines = await hearPiece(samples, options);
    const placed = lines.map((line) => ({ ...line, startSeconds: piece.startSeconds + line.startSeconds, endSeconds: piece.startSeconds + line.endSeconds }));
    known.set(piece, placed);
    await store.keep(contentHash, recogniser.hash, piece, placed);
    onPiece(known.size, all());
  });
  await readVoiceSamples(video, last.endSeconds, tools, (samples) => cutter.take(samples), token, { patient: true });
  await cutter.end();
  return all();
}

async function hearPiece(samples: Float32Array, { recogniser, token }: HearWordsOptions): Promise<HeardLine[]> {
  const lines: HeardLine[] = [];
  const seconds = samples.length / voiceSampleRate;
  for (let from = 0; seconds - from >= leastRest; ) {
    throwIfCancelled(token);
    const heard = await recogniser.hear(samples.subarray(Math.round(from * voiceSampleRate)), token);
    lines.push(...heard.lines.map((line) => ({ ...line, startSeconds: from + line.startSeconds, endSeconds: from + line.endSeconds })));
    // Whatever it says, it comes to an end.
    from += Math.max(1, heard.heardSeconds);
  }
  return lines;
}

/** Cuts pieces out of sound that comes in parts of any length. */
class PieceCutter {
  private at = 0;
  private next = 0;
  private parts: Float32Array[] = [];

  constructor(
    private readonly pieces: readonly Segment[],
    private readonly onPiece: (piece: Segment, samples: Float32Array) => Promise<void>,
  ) {}

  async take(samples: Float32Array): Promise<void> {
    const begin = this.at;
    this.at += samples.length;
    for (let piece = this.pieces[this.next]; piece; piece = this.pieces[this.next]) {
      const [start, end] = [sampleAt(piece.startSeconds), sampleAt(piece.endSeconds)];
      if (start < this.at) this.parts.push(samples.slice(Math.max(0, start - begin), Math.max(0, end - begin)));
      if (end > this.at) return;
      await this.finish(piece);
    }
  }

  /** The sound has ended: what is missing is silence. */
  async end(): Promise<void> {
    for (let piece = this.pieces[this.next]; piece; piece = this.pieces[this.next]) await this.finish(piece);
  }

  private async finish(piece: Segment): Promise<void> {
    const { parts } = this;
    this.parts = [];
    this.next++;
    const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    await this.onPiece(piece, whole);
  }
}

function sampleAt(seconds: number): number {
  return Math.round(seconds * voiceSampleRate);
}
