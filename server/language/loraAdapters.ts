import koffi from 'koffi';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { adapterCheck } from './adapterCheck.js';
import { callAsync } from './bindings.js';
import type { Libllama } from './libllama.js';
import type { Pointer } from './structs.js';

/** A LoRA in GGUF, and what it is multiplied by. */
export interface AdapterFile {
  path: string;
  scale: number;
}

interface LoadedAdapter {
  pointer: Pointer;
  scale: number;
}

/**
 * Low-rank adapters beside a model's weights: always those of its manifest, and for a prompt perhaps one more. They are
 * added while the model computes; the weights stay as they are in the file.
 */
export class LoraAdapters {
  private readonly always: LoadedAdapter[] = [];
  private more: LoadedAdapter | undefined;

  /** @param weights path of the GGUF that `model` was loaded from */
  constructor(
    private readonly library: Libllama,
    private readonly model: Pointer,
    private readonly weights: string,
  ) {}

  /** Loads one for good, before there is a context. @throws ModelFileMissing, ModelCorrupt, ManifestInvalid, ModelLoadFailed */
  async add({ path, scale }: AdapterFile): Promise<void> {
    this.always.push({ pointer: await this.load(path), scale });
  }

  /** Has a context compute with those that were added. */
  use(context: Pointer): void {
    const adapters = [...this.always, ...(this.more ? [this.more] : [])];
    const pointers = BigUint64Array.from(adapters, ({ pointer }) => BigInt(koffi.address(pointer)));
    this.library.api.adaptersSet(context, pointers, adapters.length, Float32Array.from(adapters, ({ scale }) => scale));
  }

  /** The same with one more, instead of the one more that was in use; undefined: without. @throws like {@link add} */
  async useAlso(context: Pointer, path: string | undefined): Promise<void> {
    const before = this.more;
    this.more = path === undefined ? undefined : { pointer: await this.load(path), scale: 1 };
    this.use(context);
    if (before) {
      this.library.api.adapterFree(before.pointer);
    }
  }

  /** Call when the contexts are gone, before the model is. */
  dispose(): void {
    for (const { pointer } of [...this.always.splice(0), ...(this.more ? [this.more] : [])]) {
      this.library.api.adapterFree(pointer);
    }
    this.more = undefined;
  }

  private async load(path: string): Promise<Pointer> {
    await adapterCheck(path, this.weights);
    this.library.errors.clear();
    const pointer = await callAsync(this.library.api.adapterLoad, this.model, path);
    if (!pointer) {
      const why = this.library.errors.text();
      throw new VideoChatError(
        ErrorCode.ModelLoadFailed,
        why ? phrase`The adapter could not be loaded: ${why}.` : 'The adapter could not be loaded.',
        { hint: 'Free some memory, or make the adapter again.', subject: path },
      );
    }
    return pointer;
  }
}
