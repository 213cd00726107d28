/**
 * C structs of llama.cpp v0.5.0 (`include/llama.h`) that travel by value, as field → C type in order.
 * Plain data, because the throw-away probe process needs the same layouts (see {@link ./probeDevice}).
 */
export const structs = {
  modelParams: {
    devices: 'void *',
    tensor_buft_overrides: 'void *',
    n_gpu_layers: 'int32_t',
    split_mode: 'int',
    load_mode: 'int',
    lazy_mode: 'int',
    main_gpu: 'int32_t',
    tensor_split: 'void *',
    progress_callback: 'void *',
    progress_callback_user_data: 'void *',
    kv_overrides: 'void *',
    vocab_only: 'bool',
    check_tensors: 'bool',
    use_extra_bufts: 'bool',
    no_host: 'bool',
    no_alloc: 'bool',
    load_mtp: 'bool',
  },
  contextParams: {
    n_ctx: 'uint32_t',
    n_batch: 'uint32_t',
    n_ubatch: 'uint32_t',
    n_seq_max: 'uint32_t',
    n_rs_seq: 'uint32_t',
    n_outputs_max: 'uint32_t',
    n_outputs_max_per_seq: 'uint32_t',
    n_threads: 'int32_t',
    n_threads_batch: 'int32_t',
    ctx_type: 'int',
    rope_scaling_type: 'int',
    pooling_type: 'int',
    attention_type: 'int',
    flash_attn_type: 'int',
    rope_freq_base: 'float',
    rope_freq_scale: 'float',
    yarn_ext_factor: 'float',
    yarn_attn_factor: 'float',
    yarn_beta_fast: 'float',
    yarn_beta_slow: 'float',
    yarn_orig_ctx: 'uint32_t',
    defrag_thold: 'float',
    cb_eval: 'void *',
    cb_eval_user_data: 'void *',
    type_k: 'int',
    type_v: 'int',
    abort_callback: 'void *',
    abort_callback_data: 'void *',
    embeddings: 'bool',
    offload_kqv: 'bool',
    no_perf: 'bool',
    op_offload: 'bool',
    swa_full: 'bool',
    kv_unified: 'bool',
    samplers: 'void *',
    n_samplers: 'size_t',
    ctx_other: 'void *',
  },
  batch: {
    n_tokens: 'int32_t',
    token: 'void *',
    embd: 'void *',
    pos: 'void *',
    n_seq_id: 'void *',
    seq_id: 'void *',
    logits: 'void *',
  },
  samplerChainParams: { no_perf: 'bool' },
} as const;

/** A native pointer as koffi hands it out: opaque to us, `null` where C says NULL. */
export type Pointer = bigint | object;

export interface ModelParams {
  devices: Pointer | null;
  n_gpu_layers: number;
  progress_callback: Pointer | null;
  use_extra_bufts: boolean;
  vocab_only: boolean;
}

export interface ContextParams {
  n_ctx: number;
  n_batch: number;
  n_ubatch: number;
  n_seq_max: number;
  n_outputs_max: number;
  n_threads: number;
  n_threads_batch: number;
  flash_attn_type: number;
  no_perf: boolean;
  abort_callback: Pointer | null;
  abort_callback_data: Pointer | null;
}

/** One decode call: `token` or `embd`, never both. The rest stays NULL: sequence 0, positions continue, logits of the last entry. */
export interface Batch {
  n_tokens: number;
  token: Int32Array | null;
  embd: Float32Array | null; // [n_tokens, width]
  pos: null;
  n_seq_id: null;
  seq_id: null;
  logits: null;
}
