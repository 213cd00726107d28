import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, phrase, type SamplingOptions, type StopReason, VideoChatError } from '../protocol/index.js';
import type { LlamaApi } from './bindings.js';
import { GrammarSampler } from './grammarSampler.js';
import type { KvCache } from './kvCache.js';
import { chunksFrom, type Prompt, type PromptPiece, reusable } from './prompt.js';
import { Sampler, checkSampling } from './sampler.js';
import { StopMatcher, type StopRules } from './stopMatcher.js';
import type { Vocabulary } from './vocabulary.js';

export interface GenerateRequest {
  pieces: PromptPiece[];
  sampling: SamplingOptions;
  stop: StopRules;
  /**
   * GBNF with a rule `root`: the answer is one of its sentences, and ends where the grammar does. Stop rules end it
   * only where it may end. Cut by `maxTokens` or the context it is the beginning of a sentence: let the grammar
   * bound its sentences and allow as many tokens as they have bytes.
   */
  grammar?: string;
  /** Asks for {@link Generated.logProbs}. */
  withLogProbs?: boolean;
  token?: CancellationToken;
  /** Positions of the prompt read so far, of those that had to be read. */
  onPrefill?(done: number, total: number): void;
  /** Text to append; the concatenation of all deltas is the answer. */
  onText?(delta: string): void;
}

export interface Generated {
  /** As the model said it: a leading space is the tokeniser's, trimming is the caller's. */
  text: string;
  stopReason: StopReason;
  promptTokens: number;
  reusedTokens: number;
  prefilledTokens: number;
  generatedTokens: number;
  prefillMs: number;
  generateMs: number;
  /** From the call to the first token. */
  firstTokenMs: number;
  /** Every generated id, the end token and stop sequences included. */
  tokens: number[];
  /** The seed that was used; chosen here if the request had none. */
  seed: number;
  /**
   * Of each token, the logarithm of its probability in the model's own distribution: over the whole vocabulary, at
   * temperature 1, whatever sampling and grammar made of it. Only where asked for.
   */
  logProbs?: number[];
}

export interface Engine {
  api: LlamaApi;
  vocabulary: Vocabulary;
  cache: KvCache;
  contextLength: number;
  batchSize: number;
  /** The model is being unloaded: stop soon. */
  closing(): boolean;
}

/** Reads the part of the prompt that the cache does not hold. Answers false if it was cancelled. */
async function prefill(engine: Engine, prompt: Prompt, cancelled: () => boolean, request: GenerateRequest) {
  const { cache } = engine;
  // The scores after the last position are needed, so at least that one is read again.
  const shared = Math.min(reusable(cache, prompt), prompt.entries.length - 1);
  const reused = cache.keep(shared);
  const total = prompt.entries.length - reused;
  let done = 0;
  for (const chunk of chunksFrom(prompt, reused, engine.batchSize)) {
    const at = reused + done;
    if (cancelled() || !(await cache.decode(chunk, prompt.entries.slice(at, at + chunk.count)))) {
      return { reused, done, complete: false };
    }
    done += chunk.count;
    request.onPrefill?.(done, total);
  }
  return { reused, done, complete: true };
}

function checkScores(logits: Float32Array): void {
  if (logits.length === 0 || !logits.every(Number.isFinite)) {
    throw new VideoChatError(ErrorCode.ModelCorrupt, 'The language model computes values that are not numbers.', {
      hint: 'The model file or the embeddings are damaged, or the GPU is faulty; try the device `cpu`.',
    });
  }
}

function logProbOf(logits: Float32Array, token: number): number {
  const top = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = logits.reduce((total, value) => total + Math.exp(value - top), 0);
  return (logits[token] ?? -Infinity) - top - Math.log(sum);
}

/** Lets timers and messages through between tokens even if native calls complete at once. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Reads a prompt and says what follows, token by token.
 *
 * @throws ContextOverflow if prompt + 1 token exceeds the context
 * @throws InvalidParams for impossible sampling options, and for a grammar that cannot be read or spelt
 */
export async function generateAnswer(engine: Engine, prompt: Prompt, request: GenerateRequest): Promise<Generated> {
  const started = performance.now();
  const { cache, vocabulary } = engine;
  const sampling = checkSampling(request.sampling);
  const promptTokens = prompt.entries.length;
  if (promptTokens === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'The prompt is empty.');
  }
  if (promptTokens + 1 > engine.contextLength) {
    throw new VideoChatError(
      ErrorCode.ContextOverflow,
      phrase`The prompt of ${promptTokens} tokens does not fit into the model's context of ${engine.contextLength}.`,
      { hint: 'Start a new conversation, ask a shorter question, or look at fewer frames.' },
    );
  }
  const cancelled = () => request.token?.isCancellationRequested === true || engine.closing();
  cache.abort(cancelled());
  const subscription = request.token?.onCancellationRequested(() => cache.abort(true));
  const matcher = new StopMatcher(request.grammar === undefined ? request.stop : { texts: [], ids: [] });
  const logProbs: number[] = [];
  let sampler: Sampler | GrammarSampler | undefined;
  const decoder = new TextDecoder('utf-8');
  const tokens: number[] = [];
  let text = '';
  let firstTokenMs = 0;
  const say = (delta: string) => {
    if (delta !== '') {
      text += delta;
      request.onText?.(delta);
    }
  };

  const nextToken = (chooser: Sampler | GrammarSampler): number => {
    if (chooser instanceof Sampler && !request.withLogProbs) {
      return chooser.sample(cache.context);
    }
    const logits = cache.logits();
    const id = chooser instanceof Sampler ? chooser.sample(cache.context) : chooser.sample(logits);
    if (request.withLogProbs) {
      logProbs.push(logProbOf(logits, id));
    }
    return id;
  };

  const nextReason = async (chooser: Sampler | GrammarSampler): Promise<StopReason> => {
    while (tokens.length < sampling.maxTokens) {
      if (cancelled()) {
        return 'cancelled';
      }
      const id = nextToken(chooser);
      tokens.push(id);
      firstTokenMs ||= performance.now() - started;
      if (vocabulary.isEnd(id) || (chooser instanceof GrammarSampler && chooser.ended)) {
        return 'stop';
      }
      const step = matcher.push(id, decoder.decode(vocabulary.piece(id), { stream: true }));
      say(step.text);
      if (step.stopped) {
        return 'stop';
      }
      if (tokens.length === sampling.maxTokens || cache.entries.length + 1 > engine.contextLength) {
        return 'length';
      }
      if (!(await cache.decode({ tokens: Int32Array.of(id), count: 1 }, [id]))) {
        return 'cancelled';
      }
      await breathe();
    }
    return 'length';
  };

  try {
    sampler =
      request.grammar === undefined
        ? new Sampler(engine.api, vocabulary.size, sampling)
        : await GrammarSampler.create(engine.api, vocabulary, request.grammar, sampling, request.stop);
    const read = await prefill(engine, prompt, cancelled, request);
    const prefilled = performance.now();
    let stopReason: StopReason = 'cancelled';
    if (read.complete) {
      checkScores(cache.logits());
      stopReason = await nextReason(sampler);
      // What was held back turned out to be no stop. Half a character at the end is dropped.
      if (stopReason !== 'stop' || vocabulary.isEnd(tokens.at(-1) ?? -1)) {
        say(matcher.flush());
      }
    }
    return {
      text,
      stopReason,
      promptTokens,
      reusedTokens: read.reused,
      prefilledTokens: read.done,
      generatedTokens: tokens.length,
      prefillMs: prefilled - started,
      generateMs: performance.now() - prefilled,
      firstTokenMs,
      tokens,
      seed: sampling.seed,
      ...(request.withLogProbs ? { logProbs } : {}),
    };
  } finally {
    subscription?.dispose();
    sampler?.dispose();
    cache.abort(false);
  }
}
