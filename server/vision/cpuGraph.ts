import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { Manifest } from '../models/manifest.js';
import { manifestFile, withCompanions } from '../models/modelFiles.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { encoderError } from './encoderError.js';
import { checkTensor } from './graphContract.js';
import { openGraph } from './openGraph.js';
import type { SessionHost } from './sessionHost.js';

/** A tensor of a graph: its name and its only shape. */
export interface FixedTensor {
  name: string;
  dims: readonly number[];
}

export interface CpuGraphOptions {
  manifest: Manifest;
  folder: string;
  /** Key of the graph in the manifest's files. */
  key: string;
  input: FixedTensor;
  output: FixedTensor;
  /** What the graph is, at the beginning of a sentence. */
  name: Phrase;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  logger: Logger;
  /** Called with the file keys before they are opened; see `verifyModelFiles`. */
  verify?: ((keys: string[]) => Promise<void>) | undefined;
}

const runTimeoutMs = 5 * 60_000;
/** Weights beyond this are used sparingly and let go after each run: the LLaMA needs the room. */
const frugalBytes = 2 ** 30;

/** A graph with one input and one output of one shape each, on the CPU, in a process of its own. Requests wait for each other. */
export class CpuGraph implements Disposable {
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: CpuGraphOptions,
    private host: SessionHost,
  ) {}

  /** @throws ModelFileMissing, ManifestInvalid, ModelCorrupt, ModelLoadFailed, and what `verify` throws */
  static async load(options: CpuGraphOptions): Promise<CpuGraph> {
    return new CpuGraph(options, await open(options));
  }

  /** @throws RequestCancelled, ModelCorrupt, ModelLoadFailed */
  run(data: Float32Array, token?: CancellationToken): Promise<Float32Array> {
    const result = this.queue.then(() => {
      throwIfCancelled(token);
      return this.runNow(data);
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  async dispose(): Promise<void> {
    await this.host.dispose();
  }

  private async runNow(input: Float32Array): Promise<Float32Array> {
    const { options } = this;
    try {
      if (!this.host.isAlive) {
        this.host = await open(options);
      }
      const request = { input: options.input.name, data: input, dims: [...options.input.dims], output: options.output.name };
      const { data, dims } = await this.host.request('run', request, runTimeoutMs);
      if (!(data instanceof Float32Array) || dims.join() !== options.output.dims.join() || !data.every(Number.isFinite)) {
        throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`${options.name} gave [${dims.join(', ')}] instead of [${options.output.dims.join(', ')}].`, { hint: 'Export the graph again.', subject: options.manifest.id });
      }
      if (isFrugal(options)) {
        await this.host.dispose();
      }
      return data;
    } catch (error) {
      throw encoderError(error, 'cpu', options.manifest.id);
    }
  }
}

function isFrugal({ manifest, key }: Pick<CpuGraphOptions, 'manifest' | 'key'>): boolean {
  return withCompanions(manifest, [key]).reduce((sum, file) => sum + manifestFile(manifest, file).bytes, 0) > frugalBytes;
}

async function open({ input, output, name: _, ...graphToOpen }: CpuGraphOptions): Promise<SessionHost> {
  try {
    const frugal = isFrugal(graphToOpen);
    return await openGraph({ ...graphToOpen, provider: 'cpu', ...(frugal ? { frugal } : {}) }, (graph, path) => {
      checkTensor('input', graph.inputs, input.name, [input.dims], path);
      checkTensor('output', graph.outputs, output.name, [output.dims], path);
    });
  } catch (error) {
    throw encoderError(error, 'cpu', graphToOpen.manifest.id);
  }
}
