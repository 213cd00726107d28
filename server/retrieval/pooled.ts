import type { Pooling } from '../models/dualEncoderManifest.js';
import { numbersOf, type Tensor } from '../perception/detectors/graph.js';

export interface PooledOutput {
  output: string;
  pooling: Pooling | undefined;
  width: number;
  /** Of each row, 0 where it is padding. Left out: none is. */
  mask?: BigInt64Array;
}

/**
 * One row of an encoder's output, or what its rows have in common, of length 1.
 *
 * @throws Error if the output is not what the manifest describes
 */
export function pooled(outputs: Record<string, Tensor>, { output, pooling = 'none', width, mask }: PooledOutput): Float32Array {
  const numbers = numbersOf(outputs, output, pooling === 'none' ? width : undefined);
  const rows = numbers.length / width;
  if (!Number.isInteger(rows) || rows < 1 || (mask && pooling !== 'none' && rows !== mask.length)) {
    throw new Error(`the output "${output}" is [${outputs[output]?.dims.join(', ') ?? ''}] and not what the manifest describes`);
  }
  const used = Array.from({ length: rows }, (_, row) => row).filter((row) => pooling === 'none' || !mask || mask[row] !== 0n);
  const chosen = pooling === 'mean' ? used : pooling === 'last' ? used.slice(-1) : used.slice(0, 1);
  const sum = new Float64Array(width);
  for (const row of chosen) {
    for (let i = 0; i < width; i++) {
      sum[i] = (sum[i] ?? 0) + (numbers[row * width + i] ?? 0);
    }
  }
  // The mean has the direction of the sum.
  const length = Math.hypot(...sum);
  if (!(length > 0) || !Number.isFinite(length)) {
    throw new Error(`the output "${output}" has no direction`);
  }
  return Float32Array.from(sum, (value) => value / length);
}
