import { throwIfCancelled } from '../common/cancellation.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { SeeingManifest } from '../models/manifest.js';
import { manifestFile, withCompanions } from '../models/modelFiles.js';
import { outputRows } from '../models/outputRows.js';
import { picturesInPieces } from '../models/pieceRules.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { Embeddings } from './embeddings.js';
import { encoderError } from './encoderError.js';
import { usableProviders } from './executionProvider.js';
import type { ExecutionProvider } from './executionProvider.js';
import { checkGraph, inputDims, maskDims, outputDims } from './graphContract.js';
import { openGraph } from './openGraph.js';
import type { OtherRuntime, RunResult, SessionHost } from './sessionHost.js';

export interface VisionEncoderOptions {
  manifest: SeeingManifest;
  folder: string;
  /** `auto`, `cpu`, `webgpu`, `cuda`, `dml` or `coreml`. */
  executionProvider: string;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  /** Left out: `fp16` on a GPU where the manifest has it, else the manifest's default. */
  variant?: string;
  logger: Logger;
  /** Called with the file keys of a variant before it is opened; see `verifyModelFiles`. */
  verify?(keys: string[]): Promise<void>;
  token?: CancellationToken;
  /** ONNX Runtime with CUDA of a GPU pack that is proven and may be used. */
  cudaRuntime?: (() => Promise<OtherRuntime | undefined>) | undefined;
}

interface Attempt {
  provider: ExecutionProvider;
  variant: string;
  runtime?: OtherRuntime | undefined;
}

/** On the CPU, weights beyond this are used sparingly and let go after each run: the LLaMA needs the room. */
const frugalBytes = 2 ** 30;
const runTimeoutMs = { base: 2 * 60_000, perFrame: 60_000 };
/** How long a cancelled run may go on before its process is ended; loading again costs time too. */
const cancelGraceMs = 2_000;

/**
 * The visual side of a model: frames in, soft tokens out. The graph lives in a child process, so nothing
 * here blocks, a crash is an error, and cancellation frees the device. Under `auto`, a GPU that fails is
 * given up for the CPU, also later on.
 */
export class VisionEncoder implements Disposable {
  private host?: SessionHost;
  private queue: Promise<unknown> = Promise.resolve();
  private disposed = false;

  /** @param attempts ways to run the graph, best first; the first is the one in use */
  private constructor(
    private readonly options: VisionEncoderOptions,
    private readonly attempts: Attempt[],
  ) {}

  /**
   * Chooses provider and variant and opens the graph.
   *
   * @throws ModelFileMissing, ManifestInvalid, ModelCorrupt, ModelLoadFailed, ProviderUnavailable,
   *   RuntimeMismatch, InvalidParams (no such variant), and what `verify` throws
   */
  static async load(options: VisionEncoderOptions): Promise<VisionEncoder> {
    const { manifest, variant } = options;
    if (variant !== undefined && !Object.hasOwn(manifest.encoder.variants, variant)) {
      const known = Object.keys(manifest.encoder.variants).join(', ');
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`The encoder has no variant "${variant}".`, {
        hint: phrase`Choose one of: ${known}.`,
        subject: manifest.id,
      });
    }
    const attempts: Attempt[] = [];
    const cudaRuntime = await cudaRuntimeFor(options);
    for (const provider of await usableProviders(options.executionProvider, options.logger, cudaRuntime)) {
      for (const name of variant === undefined ? preferredVariants(manifest, provider) : [variant]) {
        attempts.push({ provider, variant: name, ...(provider === 'cuda' ? { runtime: cudaRuntime } : {}) });
      }
    }
    const encoder = new VisionEncoder(options, attempts);
    try {
      await encoder.withFallback(() => Promise.resolve(), options.token);
    } catch (error) {
      await encoder.dispose();
      throw error;
    }
    return encoder;
  }

  get executionProvider(): string {
    return this.current.provider;
  }

  get variant(): string {
    return this.current.variant;
  }

  /** While it runs it needs memory like a language model: others should make room. */
  get isLarge(): boolean {
    return this.isFrugal(this.current);
  }

  /** The process that holds the graph: its memory counts as the server's. */
  get processId(): number | undefined {
    return this.host?.processId;
  }

  /**
   * Runs the graph. Requests wait for each other.
   *
   * @param pixels normalised RGB, [T,3,H,W] with T = `frames`
   * @throws InvalidParams (wrong size), RequestCancelled, ModelCorrupt, ModelLoadFailed, ProviderUnavailable
   */
  encode(pixels: Float32Array, frames: number, token?: CancellationToken): Promise<Embeddings> {
    const { preprocess } = this.options.manifest;
    const expected = frames * 3 * preprocess.video.height * preprocess.video.width;
    const most = picturesInPieces(preprocess.maxFrames, preprocess.video.pieces);
    if (!Number.isInteger(frames) || frames < 1 || frames > most || pixels.length !== expected) {
      const message = phrase`The encoder takes 1 to ${most} frames of its size, not ${frames} (${pixels.length} numbers).`;
      return Promise.reject(new VideoChatError(ErrorCode.InvalidParams, message, { hint: 'Ask for fewer frames.' }));
    }
    return cancellable(token, (release) => {
      const result = this.queue.then(() =>
        this.withFallback(async (host) => {
          throwIfCancelled(token);
          release.running(host);
          const embeddings = await this.run(host, pixels, frames);
          if (this.isFrugal(this.current)) {
            await host.dispose();
          }
          return embeddings;
        }, token),
      );
      this.queue = result.catch(() => undefined);
      return result;
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.host?.dispose();
  }

  private get current(): Attempt {
    const [attempt] = this.attempts;
    if (!attempt) {
      throw new VideoChatError(ErrorCode.ModelLoadFailed, 'The vision encoder could not be opened.');
    }
    return attempt;
  }

  /** Runs `work` on an open session; while it fails and another attempt is left, takes that one. */
  private async withFallback<T>(work: (host: SessionHost) => Promise<T>, token?: CancellationToken): Promise<T> {
    for (;;) {
      throwIfCancelled(token);
      if (this.disposed) {
        throw new VideoChatError(ErrorCode.ModelLoadFailed, 'The vision encoder was unloaded.');
      }
      try {
        if (!this.host?.isAlive) {
          this.host = await this.open(this.current);
        }
        return await work(this.host);
      } catch (error) {
        throwIfCancelled(token);
        const failure = encoderError(error, this.current.provider, this.options.manifest.id);
        const final = this.current.provider === 'cpu' || this.attempts.length === 1;
        if (this.disposed || final || failure.code === ErrorCode.RequestCancelled) {
          throw failure;
        }
        this.options.logger.log('warn', `${this.executionProvider}/${this.variant}: ${failure.message} Trying another way.`);
        this.attempts.shift();
        await this.host?.dispose();
      }
    }
  }

  private isFrugal({ provider, variant }: Attempt): boolean {
    const { manifest } = this.options;
    const keys = withCompanions(manifest, [manifest.encoder.variants[variant] ?? '']);
    return provider === 'cpu' && keys.reduce((sum, key) => sum + manifestFile(manifest, key).bytes, 0) > frugalBytes;
  }

  private async open({ provider, variant, runtime }: Attempt): Promise<SessionHost> {
    const { manifest, folder, logger, threads, verify } = this.options;
    const key = manifest.encoder.variants[variant] ?? '';
    const frugal = this.isFrugal({ provider, variant });
    const host = await openGraph({ manifest, folder, key, provider, threads, frugal, runtime, logger, verify }, async (graph, path, opened) => {
      checkGraph(manifest, graph, path);
      if (provider !== 'cpu') {
        const { width, height } = manifest.preprocess.video;
        await this.run(opened, new Float32Array(3 * height * width), 1);
      }
    });
    if (this.disposed) {
      await host.dispose();
    }
    logger.log('info', `Vision encoder of ${manifest.id}: ${variant} on ${provider}.`);
    return host;
  }

  private async run(host: SessionHost, pixels: Float32Array, frames: number): Promise<Embeddings> {
    const { manifest } = this.options;
    const { input, output } = manifest.encoder;
    const mask = input.mask === undefined ? {} : { mask: { name: input.mask, dims: maskDims(manifest, frames) } };
    const request = { input: input.name, data: pixels, dims: inputDims(manifest, frames), output: output.name, ...mask };
    const limit = runTimeoutMs.base + frames * runTimeoutMs.perFrame;
    return this.checked(await host.request('run', request, limit), frames);
  }

  private checked({ data, dims }: RunResult, frames: number): Embeddings {
    const { encoder, id: subject } = this.options.manifest;
    const { width } = encoder.output;
    const rows = outputRows(encoder.output, frames);
    const fits = outputDims(encoder, frames).some((wanted) => wanted.join() === dims.join());
    if (!(data instanceof Float32Array) || !fits || data.length !== rows * width) {
      const message = phrase`The vision encoder gave [${dims.join(', ')}] instead of [1, ${rows}, ${width}].`;
      throw new VideoChatError(ErrorCode.ModelCorrupt, message, { hint: 'Export the graph again.', subject });
    }
    if (!data.every(Number.isFinite)) {
      const message = phrase`The vision encoder gave numbers that are not finite.`;
      const hint = phrase`Use the fp32 variant or the CPU; if it happens there too, the model is damaged.`;
      throw new VideoChatError(ErrorCode.ModelCorrupt, message, { hint, subject });
    }
    return { rows, width, data };
  }
}

/** Asked where CUDA is tried at all. Under `auto`, a pack that does not work is left aside. @throws ProviderUnavailable */
async function cudaRuntimeFor({ executionProvider, cudaRuntime, logger }: VisionEncoderOptions): Promise<OtherRuntime | undefined> {
  if (!cudaRuntime || (executionProvider !== 'auto' && executionProvider !== 'cuda')) {
    return undefined;
  }
  try {
    return await cudaRuntime();
  } catch (error) {
    if (executionProvider === 'cuda') {
      throw error;
    }
    logger.log('warn', `The GPU pack for vision encoders is left aside: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function preferredVariants(manifest: SeeingManifest, provider: ExecutionProvider): string[] {
  const { variants, default: fallback } = manifest.encoder;
  return provider !== 'cpu' && Object.hasOwn(variants, 'fp16') && fallback !== 'fp16' ? ['fp16', fallback] : [fallback];
}

/** Rejects as soon as the token says so; what runs then gets a moment to end before it is killed. */
async function cancellable<T>(
  token: CancellationToken | undefined,
  start: (release: { running(host: SessionHost): void }) => Promise<T>,
): Promise<T> {
  throwIfCancelled(token);
  let host: SessionHost | undefined;
  const work = start({ running: (used) => (host = used) });
  if (!token) {
    return work;
  }
  return new Promise<T>((resolve, reject) => {
    const subscription = token.onCancellationRequested(() => {
      const timer = setTimeout(() => host?.kill(phrase`was cancelled`), cancelGraceMs);
      void work.catch(() => undefined).finally(() => clearTimeout(timer));
      reject(new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.'));
    });
    work.then(resolve, reject).finally(() => subscription.dispose());
  });
}
