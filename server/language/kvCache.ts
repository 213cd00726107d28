import koffi from 'koffi';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { AbortFlag } from './abortFlag.js';
import { callAsync, type LlamaApi } from './bindings.js';
import type { Chunk, Entry } from './prompt.js';
import type { Batch, Pointer } from './structs.js';

export interface KvCacheOptions {
  contextLength: number;
  threads: number;
  /** Most positions that one decode call takes. */
  batchSize: number;
}

/**
 * One native context with one sequence, and what sits at each of its positions. Nothing here may run
 * twice at a time; the model's queue sees to that.
 */
export class KvCache {
  /** What the native cache holds, position by position. */
  readonly entries: Entry[] = [];
  /** Key of the prefix they were computed with; none: empty. Whoever changes what is computed with empties the cache. */
  prefixKey = '';
  private readonly memory: Pointer;

  private constructor(
    private readonly api: LlamaApi,
    readonly context: Pointer,
    private readonly vocabularySize: number,
    private readonly abortFlag: AbortFlag,
  ) {
    this.memory = api.memory(context);
  }

  /** @throws ModelLoadFailed if there is not enough memory for the context */
  static async create(api: LlamaApi, model: Pointer, vocabularySize: number, options: KvCacheOptions): Promise<KvCache> {
    const abortFlag = new AbortFlag();
    const context = await callAsync(api.contextNew, model, {
      ...api.contextDefaults(),
      n_ctx: options.contextLength,
      n_batch: options.batchSize,
      n_ubatch: options.batchSize,
      n_seq_max: 1,
      // Logits are only ever wanted at the last position of a batch.
      n_outputs_max: 1,
      n_threads: options.threads,
      n_threads_batch: options.threads,
      abort_callback: api.symbols.isEmpty,
      abort_callback_data: abortFlag.pointer,
    });
    if (!context) {
      throw new VideoChatError(
        ErrorCode.ModelLoadFailed,
        phrase`The language model's context of ${options.contextLength} tokens could not be made.`,
        { hint: 'Free some memory, or choose a shorter context or fewer GPU layers.' },
      );
    }
    return new KvCache(api, context, vocabularySize, abortFlag);
  }

  /** Ends a running decode soon, and every later one until it is set back. Safe to call at any time. */
  abort(aborted: boolean): void {
    this.abortFlag.set(aborted);
  }

  /**
   * Forgets every position from `length` on.
   *
   * @returns how many positions are kept: fewer than asked for where the model cannot forget a part
   */
  keep(length: number): number {
    if (length > 0 && this.api.memoryRemove(this.memory, 0, length, -1)) {
      this.entries.length = Math.min(length, this.entries.length);
    } else {
      this.api.memoryClear(this.memory, false);
      this.entries.length = 0;
    }
    return this.entries.length;
  }

  /**
   * Runs one batch through the model, behind what is there.
   *
   * @param identities one entry per position of the batch
   * @returns false if it was aborted; the cache is then as before
   * @throws ContextOverflow if there is no room
   */
  async decode(chunk: Chunk, identities: readonly Entry[]): Promise<boolean> {
    const before = this.entries.length;
    const batch: Batch = {
      n_tokens: chunk.count,
      token: chunk.tokens ?? null,
      embd: chunk.rows ?? null,
      pos: null,
      n_seq_id: null,
      seq_id: null,
      logits: null,
    };
    const code = await callAsync(this.api.decode, this.context, batch);
    if (code === 0) {
      for (const entry of identities) {
        this.entries.push(entry);
      }
      return true;
    }
    this.keep(before);
    if (code === 2) {
      return false;
    }
    if (code === 1) {
      throw new VideoChatError(ErrorCode.ContextOverflow, 'The conversation does not fit into the context of the model.', {
        hint: 'Start a new conversation, or ask a shorter question.',
      });
    }
    throw new VideoChatError(ErrorCode.InternalError, phrase`The language model failed while reading (code ${code}).`, {
      hint: 'The server log says more. Loading the model again may help.',
    });
  }

  /** A copy of the scores after the newest position. */
  logits(): Float32Array {
    const pointer = this.api.logitsAt(this.context, -1);
    return pointer
      ? Float32Array.from(koffi.decode(pointer, koffi.array('float', this.vocabularySize)) as Float32Array)
      : new Float32Array(0);
  }

  /** Bytes that {@link save} would answer with. */
  savedBytes(): number {
    return Number(this.api.stateSize(this.context, 0));
  }

  /** Copies the cache's contents to ordinary memory; undefined if that fails. */
  async save(): Promise<Uint8Array | undefined> {
    const size = this.savedBytes();
    const state = new Uint8Array(size);
    const written = Number(await callAsync(this.api.stateGet, this.context, state, size, 0));
    return written > 0 && written <= size ? state.subarray(0, written) : undefined;
  }

  /** Puts back what {@link save} answered with. If that fails the cache is empty. */
  async restore(state: Uint8Array, entries: readonly Entry[]): Promise<void> {
    this.keep(0);
    const read = Number(await callAsync(this.api.stateSet, this.context, state, state.length, 0));
    if (read === 0) {
      this.keep(0);
      return;
    }
    for (const entry of entries) {
      this.entries.push(entry);
    }
  }

  async dispose(): Promise<void> {
    await callAsync(this.api.contextFree, this.context);
  }
}
