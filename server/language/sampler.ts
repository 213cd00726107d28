import { randomInt } from 'node:crypto';
import { ErrorCode, phrase, type SamplingOptions, VideoChatError } from '../protocol/index.js';
import type { LlamaApi } from './bindings.js';
import type { Candidates } from './candidates.js';
import type { Pointer } from './structs.js';

const maxSeed = 0xffff_fffe; // 0xffffffff asks libllama for a random seed

function inRange(name: string, value: number, low: number, high: number): number {
  if (!(value >= low && value <= high)) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`${name} must be between ${low} and ${high}, not ${value}.`);
  }
  return value;
}

/** Sampling options with every value filled in and checked: libllama aborts the process on some bad ones. */
export function checkSampling(options: SamplingOptions): Required<SamplingOptions> {
  return {
    temperature: inRange('temperature', options.temperature ?? 0, 0, 100),
    topK: Math.trunc(inRange('topK', options.topK ?? 0, 0, 1_000_000)),
    topP: inRange('topP', options.topP ?? 1, 0, 1),
    minP: inRange('minP', options.minP ?? 0, 0, 1),
    repetitionPenalty: inRange('repetitionPenalty', options.repetitionPenalty ?? 1, 0.01, 100),
    frequencyPenalty: inRange('frequencyPenalty', options.frequencyPenalty ?? 0, -100, 100),
    presencePenalty: inRange('presencePenalty', options.presencePenalty ?? 0, -100, 100),
    seed: Math.trunc(inRange('seed', options.seed ?? randomInt(maxSeed), 0, maxSeed)),
    maxTokens: Math.trunc(inRange('maxTokens', options.maxTokens ?? 200, 0, 1_000_000)),
  };
}

/**
 * Chooses tokens from the newest logits. Order: penalties → top-k → temperature → top-p → min-p → draw,
 * which is what transformers does (temperature before top-p; top-k commutes with it), because VideoChat's
 * published settings were chosen there. As there, penalties see the answer's tokens, not the prompt's:
 * a prompt of embeddings has no ids.
 */
export class Sampler {
  private readonly chain: Pointer;

  constructor(
    private readonly api: LlamaApi,
    vocabularySize: number,
    options: Required<SamplingOptions>,
  ) {
    this.chain = api.chainNew({ no_perf: true });
    const add = (sampler: Pointer) => api.chainAdd(this.chain, sampler);
    const { repetitionPenalty, frequencyPenalty, presencePenalty } = options;
    if (repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0) {
      const memory = Math.max(1, options.maxTokens);
      add(api.samplerPenalties(vocabularySize, memory, repetitionPenalty, frequencyPenalty, presencePenalty));
    }
    if (options.temperature === 0) {
      add(api.samplerGreedy());
      return;
    }
    if (options.topK > 0) {
      add(api.samplerTopK(options.topK));
    }
    add(api.samplerTemperature(options.temperature));
    if (options.topP < 1) {
      add(api.samplerTopP(options.topP, 1));
    }
    if (options.minP > 0) {
      add(api.samplerMinP(options.minP, 1));
    }
    add(api.samplerDistribution(options.seed));
  }

  /** The next token, after a decode; it counts for the penalties from now on. */
  sample(context: Pointer): number {
    return this.api.samplerSample(this.chain, context, -1);
  }

  /** The next token out of some only; it counts for the penalties from now on. */
  choose(candidates: Candidates): number {
    this.api.samplerApply(this.chain, candidates.native);
    const token = candidates.selected();
    this.api.samplerAccept(this.chain, token);
    return token;
  }

  dispose(): void {
    this.api.samplerFree(this.chain);
  }
}
