import { deflateSync } from 'node:zlib';
import type { TranscriptionManifest } from '../../models/perceptionManifest.js';
import type { HeardLine, HeardWords } from '../../perception.js';
import { numbersOf, type RunGraph, type Tensor } from '../graph.js';
import { LogMel, whisperFrames, whisperSampleRate, whisperSeconds } from './logMel.js';
import { applyTimestampRules, logOfSum } from './timestampRules.js';
import { type WhisperDecoder, whisperDecoder } from './whisperDecoder.js';
import { type WhisperLine, whisperLines } from './whisperLines.js';
import { readWhisperTokens, stamps, type WhisperTokens } from './whisperTokens.js';

/** What was chosen, token by token. */
export interface WhisperAnswer {
  language?: string;
  /** Without the prompt and the end. */
  tokens: number[];
  /** Of each token. */
  logProbs: number[];
  /** Mean over the tokens and, where it came, the end. */
  logProb: number;
  /** 0…1: that nobody speaks. */
  noSpeech: number;
  /** It stopped because it had become too long. */
  isCut: boolean;
}

const longestLine = 2_000; // characters
/** What is left of a piece is worth another look if it is longer. */
const leastRest = 1; // s

/** A model of OpenAI's Whisper family (arXiv 2212.04356) in the layout in which it is published for ONNX Runtime. */
export class Whisper {
  readonly tokens: WhisperTokens;
  private readonly ear: LogMel;

  /** @throws Error if the files are not whisper's */
  constructor(
    private readonly manifest: TranscriptionManifest,
    texts: { tokenizer: string; generation: string },
    private readonly graphs: { encoder: RunGraph; decoder: RunGraph },
  ) {
    this.tokens = readWhisperTokens(texts.tokenizer, texts.generation);
    this.ear = new LogMel(manifest.bins);
  }

  /**
   * What is said in a piece of sound.
   *
   * @param samples 16 kHz, mono, -1…1, at most 30 s
   * @param checkStop throws when nobody waits any more; called before each token
   */
  async hear(samples: Float32Array, language: string | undefined, checkStop: () => void): Promise<HeardWords> {
    const answer = await this.answer(samples, language, checkStop);
    const { thresholds } = this.manifest;
    const seconds = samples.length / whisperSampleRate;
    const isSilence = answer.noSpeech > thresholds.noSpeech && answer.logProb < thresholds.logProb;
    const lines = isSilence ? [] : whisperLines(answer.tokens, answer.logProbs, this.tokens);
    const closed = lines.filter(({ endSeconds }) => endSeconds !== undefined);
    const lastStamp = closed.at(-1)?.endSeconds ?? 0;
    // As whisper does: what it did not come to an end with is heard again from the last time it gave.
    const continues = answer.isCut && lastStamp >= leastRest && seconds - lastStamp >= leastRest;
    const told = (continues ? closed : lines).flatMap((line) => this.lineOf(line, seconds));
    return {
      lines: compression(told.map(({ text }) => text).join(' ')) > thresholds.compression ? [] : told,
      heardSeconds: continues ? lastStamp : seconds,
      ...(answer.language === undefined ? {} : { language: answer.language }),
    };
  }

  /** The likeliest token each time, until the end. */
  async answer(samples: Float32Array, language: string | undefined, checkStop: () => void): Promise<WhisperAnswer> {
    const { tokens: known, manifest } = this;
    checkStop();
    const input: Tensor = { type: 'float32', data: this.ear.features(samples.subarray(0, whisperSeconds * whisperSampleRate)), dims: [1, manifest.bins, whisperFrames] };
    const encoded = await this.graphs.encoder({ input_features: input });
    numbersOf(encoded, 'last_hidden_state');
    checkStop();
    const seen = encoded['last_hidden_state'] as Tensor;
    const fresh = (): WhisperDecoder => whisperDecoder(manifest, seen, this.graphs.decoder);
    const spoken = known.languages.size > 0 ? await this.languageOf(language, fresh) : undefined;
    checkStop();
    const decoder = fresh();
    const start = await decoder.next([known.start, ...(spoken ? [spoken.token, ...(known.transcribe === undefined ? [] : [known.transcribe])] : [])]);
    if (start.size < known.firstStamp + stamps) {
      throw new Error(`the decoder knows ${start.size} tokens, which is too few for its timestamps`);
    }
    const first = start.logits.subarray(0, start.size);
    const noSpeech = Math.exp((first[known.noSpeech] ?? -Infinity) - logOfSum(first));
    return { ...(spoken ? { language: spoken.code } : {}), noSpeech, ...(await this.choose(decoder, start, checkStop)) };
  }

  /** The one that is asked for, or the likeliest. */
  private async languageOf(asked: string | undefined, fresh: () => WhisperDecoder): Promise<{ code: string; token: number }> {
    const languages = [...this.tokens.languages].map(([code, token]) => ({ code, token }));
    const given = languages.find(({ code }) => code === asked);
    if (given) {
      return given;
    }
    if (asked !== undefined) {
      throw new Error(`the speech model knows no language "${asked}"`);
    }
    const { logits } = await fresh().next([this.tokens.start]);
    const of = ({ token }: { token: number }): number => logits[token] ?? -Infinity;
    return languages.reduce((best, each) => (of(each) > of(best) ? each : best));
  }

  private async choose(decoder: WhisperDecoder, start: { logits: Float32Array; size: number }, checkStop: () => void): Promise<Omit<WhisperAnswer, 'language' | 'noSpeech'>> {
    const tokens: number[] = [];
    const logProbs: number[] = [];
    let total = 0;
    for (let given = start; tokens.length < this.manifest.mostTokens; given = await decoder.next(tokens.slice(-1))) {
      checkStop();
      const logits = given.logits.slice(-given.size);
      applyTimestampRules(logits, tokens, this.tokens);
      const best = logits.reduce((at, value, i) => (value > (logits[at] ?? -Infinity) ? i : at), this.tokens.end);
      const logProb = (logits[best] ?? -Infinity) - logOfSum(logits);
      total += Number.isFinite(logProb) ? logProb : 0;
      if (best === this.tokens.end) {
        return { tokens, logProbs, logProb: total / (tokens.length + 1), isCut: false };
      }
      tokens.push(best);
      logProbs.push(logProb);
    }
    return { tokens, logProbs, logProb: total / (tokens.length + 1), isCut: true };
  }

  private lineOf({ startSeconds, endSeconds, tokens, logProb }: WhisperLine, seconds: number): HeardLine[] {
    const text = this.tokens.textOf(tokens).replace(/\p{Cc}+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, longestLine);
    const times = { startSeconds: Math.min(startSeconds, seconds), endSeconds: Math.min(endSeconds ?? seconds, seconds) };
    return text === '' || times.endSeconds <= times.startSeconds ? [] : [{ ...times, text, confidence: Math.exp(Math.min(0, logProb)) }];
  }
}

/** Bytes of a text over its bytes compressed: what repeats itself has much. */
function compression(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}
