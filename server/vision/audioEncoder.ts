import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { HearingManifest } from '../models/manifest.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { Embeddings } from './embeddings.js';
import { encoderError } from './encoderError.js';
import { checkTensor } from './graphContract.js';
import { openGraph } from './openGraph.js';
import type { SessionHost } from './sessionHost.js';

export interface AudioEncoderOptions {
  manifest: HearingManifest;
  folder: string;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  logger: Logger;
  /** Called with the file keys before they are opened; see `verifyModelFiles`. */
  verify?(keys: string[]): Promise<void>;
}

const runTimeoutMs = 5 * 60_000;

/** What a model hears with: pieces of sound in, soft tokens out. On the CPU, in a process of its own. */
export class AudioEncoder implements Disposable {
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly options: AudioEncoderOptions,
    private host: SessionHost,
  ) {}

  /** @throws ModelFileMissing, ManifestInvalid, ModelCorrupt, ModelLoadFailed, and what `verify` throws */
  static async load(options: AudioEncoderOptions): Promise<AudioEncoder> {
    return new AudioEncoder(options, await open(options));
  }

  /**
   * Runs the graph. Requests wait for each other.
   *
   * @param samples [clips, sampleRate · seconds] in −1…1
   * @throws RequestCancelled, ModelCorrupt, ModelLoadFailed
   */
  encode(samples: Float32Array, token?: CancellationToken): Promise<Embeddings> {
    const result = this.queue.then(() => {
      throwIfCancelled(token);
      return this.run(samples);
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  async dispose(): Promise<void> {
    await this.host.dispose();
  }

  private async run(samples: Float32Array): Promise<Embeddings> {
    const { manifest } = this.options;
    const { input, output } = manifest.audio;
    const { rows, width } = output;
    try {
      if (!this.host.isAlive) {
        this.host = await open(this.options);
      }
      const request = { input: input.name, data: samples, dims: inputDims(manifest), output: output.name };
      const { data, dims } = await this.host.request('run', request, runTimeoutMs);
      if (!(data instanceof Float32Array) || dims.join() !== `1,${rows},${width}` || !data.every(Number.isFinite)) {
        throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`The audio encoder gave [${dims.join(', ')}] instead of [1, ${rows}, ${width}].`, {
          hint: 'Export the graph again.',
          subject: manifest.id,
        });
      }
      return { rows, width, data };
    } catch (error) {
      throw encoderError(error, 'cpu', manifest.id);
    }
  }
}

function inputDims({ audio: { input } }: HearingManifest): number[] {
  return [input.clips, Math.trunc(input.sampleRate * input.seconds)];
}

async function open({ manifest, folder, threads, logger, verify }: AudioEncoderOptions): Promise<SessionHost> {
  const { variants, default: variant, input, output } = manifest.audio;
  try {
    return await openGraph({ manifest, folder, key: variants[variant] ?? '', provider: 'cpu', threads, logger, verify }, (graph, path) => {
      checkTensor('input', graph.inputs, input.name, [inputDims(manifest)], path);
      checkTensor('output', graph.outputs, output.name, [[1, output.rows, output.width]], path);
    });
  } catch (error) {
    throw encoderError(error, 'cpu', manifest.id);
  }
}
