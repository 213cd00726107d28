import type { Logger } from '../common/logger.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { bindLibraries, callAsync, type LlamaApi } from './bindings.js';
import { installNativeLog, type RecentErrors } from './nativeLog.js';
import { findRuntime, type Flavour } from './runtimeFiles.js';
import type { ContextParams, ModelParams } from './structs.js';

/** Documented defaults of llama.cpp v0.5.0; other values mean that our struct layouts are wrong. */
export function defaultsAreSane(model: ModelParams, context: ContextParams): boolean {
  return (
    model.devices === null &&
    model.use_extra_bufts === true &&
    model.vocab_only === false &&
    context.n_ctx === 512 &&
    context.n_batch === 2048 &&
    context.n_ubatch === 512 &&
    context.n_seq_max === 1 &&
    context.n_threads === context.n_threads_batch &&
    context.n_threads > 0 &&
    context.flash_attn_type === -1 &&
    context.abort_callback === null &&
    context.no_perf === true
  );
}

/** Types of devices: 1 GPU, 2 integrated GPU. */
function hasGpu({ deviceCount, deviceAt, deviceType }: LlamaApi): boolean {
  return Array.from({ length: Number(deviceCount()) }, (_, i) => deviceType(deviceAt(i))).some((type) => type === 1 || type === 2);
}

/**
 * libllama of one build, loaded into this process once. A process holds at most one build, since they
 * share symbol names.
 */
export class Libllama {
  private static loaded: Promise<Libllama> | undefined;
  private static loadedFlavour: Flavour | undefined;
  private static loadedFolder: string | undefined;

  private constructor(
    readonly flavour: Flavour,
    readonly api: LlamaApi,
    readonly errors: RecentErrors,
  ) {}

  /** The build this process already holds. */
  static get current(): Flavour | undefined {
    return Libllama.loadedFlavour;
  }

  /** Where that build is. */
  static get folder(): string | undefined {
    return Libllama.loadedFolder;
  }

  /**
   * Loads a build, or answers with the loaded one.
   *
   * @param searched folders named `node_modules`, or like one
   * @throws ProviderUnavailable if the build is not installed, or another one is loaded
   * @throws RuntimeMismatch if the libraries are not the version this engine was written for
   */
  static load(flavour: Flavour, logger: Logger, searched?: readonly string[]): Promise<Libllama> {
    if (Libllama.loaded && Libllama.loadedFlavour !== flavour) {
      return Promise.reject(
        new VideoChatError(
          ErrorCode.ProviderUnavailable,
          phrase`This server already runs language models with the ${Libllama.loadedFlavour ?? 'other'} build.`,
          { hint: phrase`Restart the server to use ${flavour}.`, subject: flavour },
        ),
      );
    }
    if (!Libllama.loaded) {
      Libllama.loadedFlavour = flavour;
      Libllama.loaded = Libllama.open(flavour, logger, searched);
      Libllama.loaded.catch(() => {
        Libllama.loaded = undefined;
        Libllama.loadedFlavour = undefined;
        Libllama.loadedFolder = undefined;
      });
    }
    return Libllama.loaded;
  }

  private static async open(flavour: Flavour, logger: Logger, searched?: readonly string[]): Promise<Libllama> {
    const files = findRuntime(flavour, searched);
    if (!files) {
      throw new VideoChatError(ErrorCode.ProviderUnavailable, phrase`The ${flavour} build of the language runtime is not installed.`, {
        hint: 'Choose the language device `cpu` or `auto`.',
        subject: flavour,
      });
    }
    let api: LlamaApi;
    try {
      api = bindLibraries(files);
    } catch (error) {
      throw new VideoChatError(
        ErrorCode.RuntimeMismatch,
        phrase`The language model runtime cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        { hint: 'Run `npm ci` again, or choose the language device `cpu`.', subject: files.llama },
      );
    }
    if (!defaultsAreSane(api.modelDefaults(), api.contextDefaults())) {
      throw new VideoChatError(ErrorCode.RuntimeMismatch, 'The language model runtime has other structures than expected.', {
        hint: 'Run `npm ci` again; the native packages must be those of package-lock.json.',
        subject: files.llama,
      });
    }
    const errors = installNativeLog(api.logSet, api.symbols.timeMicroseconds, logger);
    Libllama.loadedFolder = files.folder;
    await callAsync(api.loadBackends, files.folder);
    if (files.fallback !== undefined && !hasGpu(api)) {
      await callAsync(api.loadBackends, files.fallback);
    }
    await callAsync(api.backendInit);
    return new Libllama(flavour, api, errors);
  }
}
