import koffi from 'koffi';
import type { Pointer } from './structs.js';

/**
 * Stops a running `llama_decode` from outside. libllama asks its abort callback between graph nodes from
 * compute threads, where JavaScript cannot run in time; so the callback is native: `ggml_is_empty`, which
 * says whether a tensor has a dimension of size zero, and its user data is a forged tensor header whose
 * first dimension we set to zero to abort. Works for CPU execution only.
 */
export class AbortFlag {
  // struct ggml_tensor { enum type; buffer *; int64_t ne[4]; … }: ne starts at byte 16.
  private readonly header = new BigInt64Array(64);

  constructor() {
    this.header.fill(1n, 2, 6);
  }

  /** For `abort_callback_data`. The flag must outlive the context. */
  get pointer(): Pointer {
    return koffi.address(this.header);
  }

  set(aborted: boolean): void {
    this.header[2] = aborted ? 0n : 1n;
  }
}
