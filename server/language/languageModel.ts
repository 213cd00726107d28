import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import type { Logger } from '../common/logger.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { callAsync, type LlamaApi } from './bindings.js';
import { chooseDevice } from './chooseDevice.js';
import { generateAnswer, type Engine, type GenerateRequest, type Generated } from './generateAnswer.js';
import { ggufCheck, type GgufSummary } from './ggufCheck.js';
import { KvCache } from './kvCache.js';
import { LanguageSession } from './languageSession.js';
import { Libllama } from './libllama.js';
import { type AdapterFile, LoraAdapters } from './loraAdapters.js';
import { releaseMappedPages } from './mappedPages.js';
import { ParkedStates } from './parkedStates.js';
import { withPrefixFile } from './prefixAdapter.js';
import { layOutPrompt, type Prompt, type PromptPiece, reusable } from './prompt.js';
import type { ModelParams, Pointer } from './structs.js';
import { TaskQueue } from './taskQueue.js';
import { Vocabulary } from './vocabulary.js';

export interface LanguageModelOptions {
  /** A GGUF file. */
  path: string;
  /** Low-rank adapters beside it, all in use. Left out: none. */
  adapters?: readonly AdapterFile[];
  /** `auto`, `cpu`, `cuda`, `vulkan` or `metal`. */
  device: string;
  /** −1: as many as fit. Ignored on the CPU. */
  gpuLayers: number;
  /** 0: choose by cores and size of the model. */
  threads: number;
  /** In tokens; 0 or more than the model was trained for: what it was trained for. */
  contextLength: number;
  logger: Logger;
  /** Folder of a GPU pack that is proven; see {@link chooseDevice}. */
  packFolder?: (() => Promise<string | undefined>) | undefined;
  /** 0…1 while the weights are read. */
  onProgress?(fraction: number): void;
  /** Memory for KV caches of idle conversations. */
  parkedBytes?: number;
}

const defaultParkedBytes = 512 * 1024 * 1024;
/** A context nobody asked for may not take all memory. */
const defaultContextLimit = 8192;

/** Weights that keep one thread busy; threads wait for each other at every step, dearly on a busy machine. */
const bytesPerThread = 16 * 1024 * 1024;

function chooseThreads(asked: number, modelBytes: number): number {
  const cores = availableParallelism();
  const useful = Math.ceil(modelBytes / bytesPerThread);
  return asked > 0 ? Math.min(asked, 256) : Math.min(useful, cores <= 4 ? cores : Math.ceil(cores / 2));
}

/**
 * Weights beyond this are computed with as they lie in the file. Rearranged for the processor they would be
 * in memory twice and take a minute to load (7B in Q4_0: 8.2 GB instead of 4.7), for a faster prefill.
 */
const rearrangeLimit = 2 ** 30;

function loadParams(api: LlamaApi, gpuLayers: number, bytes: number, progress: Pointer): ModelParams {
  const params = {
    ...api.modelDefaults(),
    n_gpu_layers: gpuLayers,
    progress_callback: progress,
    use_extra_bufts: bytes <= rearrangeLimit,
  };
  // An empty list of devices, NULL-terminated: the CPU alone, whatever the build could use.
  return gpuLayers === 0 ? { ...params, devices: new BigUint64Array(16) } : params;
}

async function loadWeights(
  library: Libllama,
  options: LanguageModelOptions,
  gpuLayers: number,
  bytes: number,
): Promise<Pointer> {
  const { api } = library;
  const type = koffi.pointer(koffi.proto('bool', ['float', 'void *']));
  const onProgress = koffi.register((fraction: number): boolean => {
    try {
      options.onProgress?.(fraction);
    } catch {
      // A listener's error must not stop the load.
    }
    return true;
  }, type);
  try {
    library.errors.clear();
    const model = await callAsync(api.modelLoad, options.path, loadParams(api, gpuLayers, bytes, onProgress));
    if (model) {
      return model;
    }
  } finally {
    koffi.unregister(onProgress);
  }
  const why = library.errors.text();
  const resources = /alloc|memory|backend|device/i.test(why);
  throw new VideoChatError(
    resources ? ErrorCode.ModelLoadFailed : ErrorCode.ModelCorrupt,
    why ? phrase`The language model could not be loaded: ${why}.` : 'The language model could not be loaded.',
    {
      hint: resources
        ? 'Free some memory, or choose fewer GPU layers or the device `cpu`.'
        : 'Fetch the file again; it must be a LLaMA in GGUF.',
      subject: options.path,
    },
  );
}

/**
 * A LLaMA in this process, run by libllama off the event loop. All conversations share one native
 * context, so its memory is bounded whatever their number: the one being answered sits in the context,
 * idle ones are parked in ordinary memory up to `parkedBytes`, and what falls out is read again when
 * needed. Answers are made one at a time in the order they were asked for.
 */
export class LanguageModel {
  private readonly queue = new TaskQueue();
  private readonly parked: ParkedStates;
  private owner: object | undefined;
  /** Key of the prefix that the context computes with; none: empty. Undefined: unknown. */
  private prefixInUse: string | undefined = '';
  private disposal: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    private readonly summary: GgufSummary,
    private readonly engine: Engine,
    private readonly model: Pointer,
    private readonly adapters: LoraAdapters,
    /** What runs it: `cpu`, `cuda`, `vulkan` or `metal`. */
    readonly device: string,
    readonly gpuLayers: number,
    readonly embeddingWidth: number,
    parkedBytes: number,
  ) {
    this.parked = new ParkedStates(parkedBytes);
    engine.closing = () => this.queue.closed;
  }

  /**
   * Checks a GGUF file, chooses the device and loads the model.
   *
   * @throws ModelFileMissing, ModelCorrupt for the files, ManifestInvalid for adapters of other weights
   * @throws ProviderUnavailable if the device does not work here, or another build is already in use
   * @throws RuntimeMismatch if libllama is not the expected version
   * @throws ModelLoadFailed if memory is short
   */
  static async load(options: LanguageModelOptions): Promise<LanguageModel> {
    const summary = await ggufCheck(options.path);
    const asked = options.contextLength > 0 ? options.contextLength : defaultContextLimit;
    const contextLength = Math.min(asked, summary.trainedContext);
    const choice = await chooseDevice({ ...options, contextLength, ...summary });
    const library = await Libllama.load(choice.flavour, options.logger, choice.searched);
    const { api } = library;
    const model = await loadWeights(library, options, choice.gpuLayers, summary.bytes);
    const adapters = new LoraAdapters(library, model, options.path);
    try {
      if (api.modelHasEncoder(model) || !api.modelHasDecoder(model)) {
        throw new VideoChatError(ErrorCode.ModelCorrupt, 'The file is a GGUF, but not of a text-generating model.', {
          hint: 'The language part must be a LLaMA-like decoder.',
          subject: options.path,
        });
      }
      const vocabulary = new Vocabulary(api, api.modelVocab(model));
      for (const adapter of options.adapters ?? []) {
        await adapters.add(adapter);
      }
      const batchSize = Math.min(contextLength, choice.gpuLayers > 0 ? 512 : 256);
      const threads = chooseThreads(options.threads, summary.bytes);
      const cache = await KvCache.create(api, model, vocabulary.size, { contextLength, threads, batchSize });
      adapters.use(cache.context);
      const engine = { api, vocabulary, cache, contextLength, batchSize, closing: () => false };
      const parkedBytes = options.parkedBytes ?? defaultParkedBytes;
      return new LanguageModel(options.path, summary, engine, model, adapters, choice.device, choice.gpuLayers, api.modelWidth(model), parkedBytes);
    } catch (error) {
      adapters.dispose();
      await callAsync(api.modelFree, model);
      throw error;
    }
  }

  /** Most positions a prompt and its answer may take together. */
  get contextLength(): number {
    return this.engine.contextLength;
  }

  /** Text → token ids; control tokens in the text stay text. */
  tokenize(text: string, options: { bos: boolean }): number[] {
    this.mustLive();
    return this.engine.vocabulary.tokenize(text, options.bos);
  }

  /** Tokens of a piece of text that is not the first of its prompt. */
  countTokens(text: string): number {
    return this.tokenize(text, { bos: false }).length;
  }

  createSession(): LanguageSession {
    this.mustLive();
    return new LanguageSession({
      count: (pieces) => this.layOut(pieces).entries.length,
      generate: (session, request) => this.generate(session, request),
      forget: (session) => this.forget(session),
    });
  }

  /**
   * Makes room for something else that is large: weights mapped from the file leave this process until they
   * are read again. Conversations stay as they are; what runs meanwhile is only slower.
   */
  releasePages(): void {
    releaseMappedPages(this.path);
  }

  /** The scores after the newest position; for tests and checks against a reference. */
  lastLogits(): Promise<Float32Array> {
    return this.queue.run(() => Promise.resolve(this.engine.cache.logits()));
  }

  /** Stops a running answer, waits for it, and frees the memory. */
  dispose(): Promise<void> {
    this.disposal ??= this.free();
    return this.disposal;
  }

  private async free(): Promise<void> {
    const closed = this.queue.close();
    this.engine.cache.abort(true);
    await closed;
    this.parked.clear();
    await this.engine.cache.dispose();
    this.adapters.dispose();
    await callAsync(this.engine.api.modelFree, this.model);
  }

  private mustLive(): void {
    if (this.queue.closed) {
      throw new VideoChatError(ErrorCode.ModelLoadFailed, 'The language model was unloaded.', {
        hint: 'Load the model again.',
      });
    }
  }

  private layOut(pieces: readonly PromptPiece[]): Prompt {
    this.mustLive();
    const { vocabulary } = this.engine;
    return layOutPrompt(pieces, this.embeddingWidth, (text, bos) => vocabulary.tokenize(text, bos), (text) => vocabulary.special(text));
  }

  private generate(session: object, request: GenerateRequest): Promise<Generated> {
    return this.queue.run(async () => {
      const prompt = this.layOut(request.pieces);
      await this.enter(session, prompt);
      await this.usePrefix(prompt.prefix);
      return generateAnswer(this.engine, prompt, request);
    });
  }

  /** Makes the context this session's, with as much of the prompt already in it as is known anywhere. */
  private async enter(session: object, prompt: Prompt): Promise<void> {
    if (this.owner === session) {
      return;
    }
    const { cache } = this.engine;
    if (this.owner && cache.entries.length > 0 && cache.savedBytes() <= this.parked.limitBytes) {
      const state = await cache.save();
      if (state) {
        this.parked.put(this.owner, { entries: [...cache.entries], prefixKey: cache.prefixKey, state });
      }
    }
    this.owner = session;
    const own = this.parked.get(session);
    // Two conversations about one video share their beginning: then the present contents serve as well.
    if (own && reusable(own, prompt) > reusable(cache, prompt)) {
      await cache.restore(own.state, own.entries);
      cache.prefixKey = own.prefixKey;
    }
    this.parked.drop(session);
  }

  /** Has the context compute with a prompt's prefix, or with none. What was computed otherwise is forgotten. */
  private async usePrefix(prefix: Prompt['prefix']): Promise<void> {
    const { cache } = this.engine;
    const key = prefix?.key ?? '';
    if (cache.prefixKey !== key) {
      cache.keep(0);
    }
    if (this.prefixInUse !== key) {
      this.prefixInUse = undefined;
      await (prefix
        ? withPrefixFile(prefix.constants, this.summary.constant, this.summary.layers, (path) => this.adapters.useAlso(cache.context, path))
        : this.adapters.useAlso(cache.context, undefined));
      this.prefixInUse = key;
    }
    cache.prefixKey = key;
  }

  private async forget(session: object): Promise<void> {
    this.parked.drop(session);
    if (this.owner === session && !this.queue.closed) {
      await this.queue.run(() => {
        if (this.owner === session) {
          // The contents stay: the next conversation may begin the same way.
          this.owner = undefined;
        }
        return Promise.resolve();
      });
    }
  }
}
