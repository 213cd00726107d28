import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { PrefixManifest } from '../models/manifest.js';
import { resolveModelFile } from '../models/modelFiles.js';
import { phrase } from '../protocol/index.js';
import { CpuGraph } from './cpuGraph.js';
import type { Embeddings } from './embeddings.js';
import { NeighbourTable } from './neighbourTable.js';

export interface PrefixEncoderOptions {
  manifest: PrefixManifest;
  folder: string;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  logger: Logger;
  /** Called with the file keys before they are opened; see `verifyModelFiles`. */
  verify?(keys: string[]): Promise<void>;
}

/** A vector of length 1 that stands for a clip, a picture or a sound, and how much it counts beside others. */
export interface WeightedVector {
  values: Float32Array;
  weight: number;
}

/** The vectors of all that is shown as one, moved towards its neighbours, to what a prefix adds to each layer. */
export class PrefixEncoder implements Disposable {
  private constructor(
    private readonly manifest: PrefixManifest,
    private readonly graph: CpuGraph,
    private readonly table: NeighbourTable | undefined,
  ) {}

  /** @throws ModelFileMissing, ManifestInvalid, ModelCorrupt, ModelLoadFailed, and what `verify` throws */
  static async load({ verify, ...options }: PrefixEncoderOptions): Promise<PrefixEncoder> {
    const { manifest, folder } = options;
    const { variants, default: variant, input, output, cache } = manifest.prefix;
    let table: NeighbourTable | undefined;
    if (cache) {
      await verify?.([cache.file]);
      table = await NeighbourTable.open(await resolveModelFile(folder, manifest, cache.file), { ...cache, width: input.width });
    }
    const graph = await CpuGraph.load({
      ...options,
      verify: verify && ((keys) => verify(keys)),
      key: variants[variant] ?? '',
      input: { name: input.name, dims: [1, input.width] },
      output: { name: output.name, dims: [output.layers, output.width] },
      name: phrase`The prefix graph`,
    });
    return new PrefixEncoder(manifest, graph, table);
  }

  /**
   * @returns [layers, width]
   * @throws RequestCancelled, ModelCorrupt, ModelFileMissing, ModelLoadFailed
   */
  async encode(vectors: readonly WeightedVector[], token?: CancellationToken): Promise<Embeddings> {
    const { layers, width } = this.manifest.prefix.output;
    const mixed = mixVectors(vectors);
    const features = (await this.table?.draw(mixed, token)) ?? mixed;
    throwIfCancelled(token);
    return { rows: layers, width, data: await this.graph.run(features, token) };
  }

  async dispose(): Promise<void> {
    await this.graph.dispose();
  }
}

/** The weighted mean, as ImageBind-LLM takes it. */
export function mixVectors(vectors: readonly WeightedVector[]): Float32Array {
  const total = vectors.reduce((sum, { weight }) => sum + weight, 0) + 1e-6;
  const mixed = new Float32Array(vectors[0]?.values.length ?? 0);
  for (const { values, weight } of vectors) {
    values.forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) + (value * weight) / total));
  }
  return mixed;
}
