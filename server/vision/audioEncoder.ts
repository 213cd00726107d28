import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { HearingManifest } from '../models/manifest.js';
import { phrase } from '../protocol/index.js';
import { CpuGraph } from './cpuGraph.js';
import type { Embeddings } from './embeddings.js';

export interface AudioEncoderOptions {
  manifest: HearingManifest;
  folder: string;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  logger: Logger;
  /** Called with the file keys before they are opened; see `verifyModelFiles`. */
  verify?(keys: string[]): Promise<void>;
}

/** What a model hears with: pieces of sound in, soft tokens out. On the CPU, in a process of its own. */
export class AudioEncoder implements Disposable {
  private constructor(
    private readonly output: { rows: number; width: number },
    private readonly graph: CpuGraph,
  ) {}

  /** @throws ModelFileMissing, ManifestInvalid, ModelCorrupt, ModelLoadFailed, and what `verify` throws */
  static async load({ verify, ...options }: AudioEncoderOptions): Promise<AudioEncoder> {
    const { variants, default: variant, input, output } = options.manifest.audio;
    const { rows, width } = output;
    const graph = await CpuGraph.load({
      ...options,
      verify: verify && ((keys) => verify(keys)),
      key: variants[variant] ?? '',
      input: { name: input.name, dims: [input.clips, Math.trunc(input.sampleRate * input.seconds)] },
      output: { name: output.name, dims: [1, rows, width] },
      name: phrase`The audio encoder`,
    });
    return new AudioEncoder({ rows, width }, graph);
  }

  /**
   * Runs the graph. Requests wait for each other.
   *
   * @param samples [clips, sampleRate · seconds] in −1…1
   * @throws RequestCancelled, ModelCorrupt, ModelLoadFailed
   */
  async encode(samples: Float32Array, token?: CancellationToken): Promise<Embeddings> {
    return { ...this.output, data: await this.graph.run(samples, token) };
  }

  async dispose(): Promise<void> {
    await this.graph.dispose();
  }
}
