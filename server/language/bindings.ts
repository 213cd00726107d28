import koffi, { type KoffiFunc, type LibraryHandle, type TypeObject } from 'koffi';
import type { RuntimeFiles } from './runtimeFiles.js';
import { structs, type Batch, type ContextParams, type ModelParams, type Pointer } from './structs.js';

type Spec = string | TypeObject;

/** Calls a native function on a worker thread, off the event loop. */
export function callAsync<A extends unknown[], R>(fn: KoffiFunc<(...args: A) => R>, ...args: A): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    fn.async(...args, (error: unknown, result: R) => {
      if (error) {
        reject(error instanceof Error ? error : new Error('A native call failed.'));
      } else {
        resolve(result);
      }
    });
  });
}

/** Loads a build's libraries, base first, and binds what this engine uses of their C API. */
export function bindLibraries(files: RuntimeFiles) {
  files.preload?.forEach((library) => koffi.load(library));
  const base = koffi.load(files.ggmlBase, { global: true });
  const ggml = koffi.load(files.ggml, { global: true });
  const llama = koffi.load(files.llama);
  const modelParams = koffi.struct(structs.modelParams);
  const contextParams = koffi.struct(structs.contextParams);
  const batch = koffi.struct(structs.batch);
  const chainParams = koffi.struct(structs.samplerChainParams);
  const from =
    (library: LibraryHandle) =>
    <F extends (...args: never[]) => unknown>(name: string, result: Spec, args: Spec[] = []): KoffiFunc<F> =>
      library.func(name, result, args) as unknown as KoffiFunc<F>;
  const fn = from(llama);
  const p = 'void *';
  return {
    symbols: {
      isEmpty: base.symbol('ggml_is_empty') as Pointer,
      timeMicroseconds: base.symbol('ggml_time_us') as Pointer,
    },
    loadBackends: from(ggml)<(folder: string) => void>('ggml_backend_load_all_from_path', 'void', ['const char *']),
    deviceCount: from(ggml)<() => number>('ggml_backend_dev_count', 'size_t'),
    deviceAt: from(ggml)<(index: number) => Pointer>('ggml_backend_dev_get', p, ['size_t']),
    deviceName: from(base)<(device: Pointer) => string>('ggml_backend_dev_name', 'const char *', [p]),
    deviceType: from(base)<(device: Pointer) => number>('ggml_backend_dev_type', 'int', [p]),
    backendInit: fn<() => void>('llama_backend_init', 'void'),
    logSet: fn<(callback: Pointer, userData: null) => void>('llama_log_set', 'void', [p, p]),
    modelDefaults: fn<() => ModelParams>('llama_model_default_params', modelParams),
    contextDefaults: fn<() => ContextParams>('llama_context_default_params', contextParams),

    modelLoad: fn<(file: string, params: ModelParams) => Pointer | null>('llama_model_load_from_file', p, [
      'const char *',
      modelParams,
    ]),
    modelFree: fn<(model: Pointer) => void>('llama_model_free', 'void', [p]),
    modelVocab: fn<(model: Pointer) => Pointer>('llama_model_get_vocab', p, [p]),
    modelWidth: fn<(model: Pointer) => number>('llama_model_n_embd_inp', 'int', [p]),
    modelLayers: fn<(model: Pointer) => number>('llama_model_n_layer', 'int', [p]),
    modelTrainedContext: fn<(model: Pointer) => number>('llama_model_n_ctx_train', 'int', [p]),
    modelHasEncoder: fn<(model: Pointer) => boolean>('llama_model_has_encoder', 'bool', [p]),
    modelHasDecoder: fn<(model: Pointer) => boolean>('llama_model_has_decoder', 'bool', [p]),

    adapterLoad: fn<(model: Pointer, file: string) => Pointer | null>('llama_adapter_lora_init', p, [p, 'const char *']),
    adapterFree: fn<(adapter: Pointer) => void>('llama_adapter_lora_free', 'void', [p]),
    /** Replaces all that are in use; `adapters` holds their addresses. */
    adaptersSet: fn<(context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array) => number>(
      'llama_set_adapters_lora',
      'int32_t',
      [p, p, 'size_t', p],
    ),

    contextNew: fn<(model: Pointer, params: ContextParams) => Pointer | null>('llama_init_from_model', p, [
      p,
      contextParams,
    ]),
    contextFree: fn<(context: Pointer) => void>('llama_free', 'void', [p]),
    contextLength: fn<(context: Pointer) => number>('llama_n_ctx', 'uint32_t', [p]),
    decode: fn<(context: Pointer, batch: Batch) => number>('llama_decode', 'int32_t', [p, batch]),
    logitsAt: fn<(context: Pointer, index: number) => Pointer | null>('llama_get_logits_ith', p, [p, 'int32_t']),
    memory: fn<(context: Pointer) => Pointer>('llama_get_memory', p, [p]),
    memoryClear: fn<(memory: Pointer, data: boolean) => void>('llama_memory_clear', 'void', [p, 'bool']),
    memoryRemove: fn<(memory: Pointer, sequence: number, from: number, to: number) => boolean>(
      'llama_memory_seq_rm',
      'bool',
      [p, 'int32_t', 'int32_t', 'int32_t'],
    ),
    stateSize: fn<(context: Pointer, sequence: number) => number>('llama_state_seq_get_size', 'size_t', [p, 'int32_t']),
    stateGet: fn<(context: Pointer, to: Uint8Array, size: number, sequence: number) => number>(
      'llama_state_seq_get_data',
      'size_t',
      [p, p, 'size_t', 'int32_t'],
    ),
    stateSet: fn<(context: Pointer, from: Uint8Array, size: number, sequence: number) => number>(
      'llama_state_seq_set_data',
      'size_t',
      [p, p, 'size_t', 'int32_t'],
    ),

    vocabSize: fn<(vocab: Pointer) => number>('llama_vocab_n_tokens', 'int32_t', [p]),
    vocabType: fn<(vocab: Pointer) => number>('llama_vocab_type', 'int', [p]),
    vocabBos: fn<(vocab: Pointer) => number>('llama_vocab_bos', 'int32_t', [p]),
    vocabAddsBos: fn<(vocab: Pointer) => boolean>('llama_vocab_get_add_bos', 'bool', [p]),
    isEndOfGeneration: fn<(vocab: Pointer, token: number) => boolean>('llama_vocab_is_eog', 'bool', [p, 'int32_t']),
    tokenize: fn<
      (v: Pointer, text: Uint8Array, bytes: number, to: Int32Array, max: number, bos: boolean, special: boolean) => number
    >('llama_tokenize', 'int32_t', [p, p, 'int32_t', p, 'int32_t', 'bool', 'bool']),
    tokenToPiece: fn<
      (v: Pointer, token: number, to: Uint8Array, max: number, strip: number, special: boolean) => number
    >('llama_token_to_piece', 'int32_t', [p, 'int32_t', p, 'int32_t', 'int32_t', 'bool']),

    chainNew: fn<(params: { no_perf: boolean }) => Pointer>('llama_sampler_chain_init', p, [chainParams]),
    chainAdd: fn<(chain: Pointer, sampler: Pointer) => void>('llama_sampler_chain_add', 'void', [p, p]),
    samplerFree: fn<(chain: Pointer) => void>('llama_sampler_free', 'void', [p]),
    samplerSample: fn<(chain: Pointer, context: Pointer, index: number) => number>('llama_sampler_sample', 'int32_t', [
      p,
      p,
      'int32_t',
    ]),
    /** `array` is a `llama_token_data_array`: see {@link ./candidates}. */
    samplerApply: fn<(sampler: Pointer, array: BigUint64Array) => void>('llama_sampler_apply', 'void', [p, p]),
    samplerAccept: fn<(sampler: Pointer, token: number) => void>('llama_sampler_accept', 'void', [p, 'int32_t']),
    /** Null where the grammar cannot be parsed. */
    samplerGrammar: fn<(vocab: Pointer, grammar: string, root: string) => Pointer | null>('llama_sampler_init_grammar', p, [
      p,
      'const char *',
      'const char *',
    ]),
    samplerGreedy: fn<() => Pointer>('llama_sampler_init_greedy', p),
    samplerDistribution: fn<(seed: number) => Pointer>('llama_sampler_init_dist', p, ['uint32_t']),
    samplerTemperature: fn<(t: number) => Pointer>('llama_sampler_init_temp', p, ['float']),
    samplerTopK: fn<(k: number) => Pointer>('llama_sampler_init_top_k', p, ['int32_t']),
    samplerTopP: fn<(top: number, keep: number) => Pointer>('llama_sampler_init_top_p', p, ['float', 'size_t']),
    samplerMinP: fn<(min: number, keep: number) => Pointer>('llama_sampler_init_min_p', p, ['float', 'size_t']),
    samplerPenalties: fn<(vocab: number, last: number, repeat: number, frequency: number, presence: number) => Pointer>(
      'llama_sampler_init_penalties',
      p,
      ['int32_t', 'int32_t', 'float', 'float', 'float'],
    ),
  };
}

/** The functions of libllama that this engine uses, bound to one build. */
export type LlamaApi = ReturnType<typeof bindLibraries>;
