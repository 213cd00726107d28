import { open, stat } from 'node:fs/promises';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';

export interface NeighbourRules {
  /** Numbers of a vector. */
  width: number;
  neighbours: number;
  /** What inner products are multiplied by before the softmax. */
  temperature: number;
  /** 0…1: how far a vector is moved. */
  weight: number;
}

interface Neighbour {
  product: number;
  values: Float32Array;
}

const mostVectors = 2 ** 26;
const chunkBytes = 4 * 1024 * 1024;

/**
 * Vectors of many pictures in a file, [N, width] 32-bit floats. A vector is moved towards the softmax-weighted mean of those with
 * the largest inner products, as ImageBind-LLM does with sounds and the like, which are further from pictures than they should be.
 * The search is exact and reads the file each time: tables are larger than memory is free, and the system keeps them near.
 */
export class NeighbourTable {
  private constructor(
    private readonly path: string,
    private readonly count: number,
    private readonly rules: NeighbourRules,
  ) {}

  /** @throws ModelCorrupt if the file does not hold whole vectors, or absurdly many */
  static async open(path: string, rules: NeighbourRules): Promise<NeighbourTable> {
    const { size } = await stat(path);
    const count = size / (4 * rules.width);
    if (!Number.isInteger(count) || count < 1 || count > mostVectors) {
      throw corrupt(path, phrase`The table of neighbours does not hold 1 to ${mostVectors} vectors of ${rules.width} numbers.`);
    }
    return new NeighbourTable(path, count, rules);
  }

  /** @throws RequestCancelled, ModelCorrupt */
  async draw(vector: Float32Array, token?: CancellationToken): Promise<Float32Array> {
    const { temperature, weight, width } = this.rules;
    const near = await this.search(vector, token);
    const top = near[0]?.product ?? 0;
    const shares = near.map(({ product }) => Math.exp((product - top) * temperature));
    const mean = new Float64Array(width);
    near.forEach(({ values }, k) => values.forEach((value, i) => (mean[i] = mean[i]! + value * shares[k]!)));
    const found = unit(mean);
    return Float32Array.from(unit(Float64Array.from(vector, (value, i) => (1 - weight) * value + weight * found[i]!)));
  }

  /** The vectors with the largest inner products, largest first; of equal ones the first. */
  private async search(vector: Float32Array, token?: CancellationToken): Promise<Neighbour[]> {
    const { width, neighbours } = this.rules;
    const perChunk = Math.max(1, Math.floor(chunkBytes / (4 * width)));
    const found: Neighbour[] = [];
    const file = await open(this.path, 'r');
    try {
      for (let first = 0; first < this.count; first += perChunk) {
        throwIfCancelled(token);
        const rows = Math.min(perChunk, this.count - first);
        const bytes = new Uint8Array(rows * width * 4);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, first * width * 4);
        if (bytesRead !== bytes.length) {
          throw corrupt(this.path, phrase`The table of neighbours ended while it was read.`);
        }
        this.searchIn(new Float32Array(bytes.buffer), vector, neighbours, found);
      }
    } finally {
      await file.close();
    }
    return found;
  }

  private searchIn(table: Float32Array, vector: Float32Array, neighbours: number, found: Neighbour[]): void {
    const { width } = this.rules;
    for (let at = 0; at < table.length; at += width) {
      let product = 0;
      for (let i = 0; i < width; i++) {
        product += table[at + i]! * vector[i]!;
      }
      if (!Number.isFinite(product)) {
        throw corrupt(this.path, phrase`The table of neighbours holds values that are not numbers.`);
      }
      if (found.length < neighbours || product > found.at(-1)!.product) {
        const place = found.findIndex((other) => other.product < product);
        found.splice(place < 0 ? found.length : place, 0, { product, values: table.slice(at, at + width) });
        found.length = Math.min(found.length, neighbours);
      }
    }
  }
}

function unit(values: Float64Array): Float64Array {
  const length = Math.hypot(...values) || 1;
  return values.map((value) => value / length);
}

function corrupt(subject: string, message: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.ModelCorrupt, message, { hint: 'Fetch the file again, or export the model again.', subject });
}
