import { dotKernelBytes } from './dotKernelBytes.js';

/** Embeddings as they are kept: a row of 8-bit numbers each, and what those are to be multiplied by. */
export interface PackedVectors {
  data: Int8Array; // [count,strideOf(width)]
  scales: Float32Array; // [count]
}

/** Numbers of a row in memory: whole steps of the kernel, the rest is zero. */
export function strideOf(width: number): number {
  return Math.ceil(width / 16) * 16;
}

/** Each number within 1/254 of the largest of its row. @param vectors each of length 1 and `width` numbers */
export function packVectors(vectors: readonly Float32Array[], width: number): PackedVectors {
  const stride = strideOf(width);
  const packed: PackedVectors = { data: new Int8Array(vectors.length * stride), scales: new Float32Array(vectors.length) };
  vectors.forEach((vector, row) => {
    const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    packed.scales[row] = largest / 127;
    vector.forEach((value, i) => (packed.data[row * stride + i] = largest > 0 ? Math.round((value / largest) * 127) : 0));
  });
  return packed;
}

/** A question's numbers are this fine: products of a row's all numbers still fit into 32 bits. */
const questionSteps = 4095;
const rowsAtOnce = 4096;
const sumsAt = 16 * 1024;
const rowsAt = sumsAt + rowsAtOnce * 4;
const pageBytes = 64 * 1024;
const growth = 1.25;

type Dots = (question: number, rows: number, sums: number, count: number, width: number) => void;

/** Rows that follow each other. */
export interface RowRange {
  first: number;
  count: number;
}

/** Embeddings of many pictures in memory, and how near each is to a question. 100,000 of 512 numbers take 51 MB. */
export class PictureVectors {
  private readonly memory = new WebAssembly.Memory({ initial: Math.ceil(rowsAt / pageBytes) });
  private readonly dots: Dots;
  private readonly stride: number;
  private scales = new Float32Array(1024);
  private rows = 0;

  /** @param simd left out: where the processor has it */
  constructor(
    readonly width: number,
    simd = true,
  ) {
    this.stride = strideOf(width);
    this.dots = (simd ? kernelOf(this.memory) : undefined) ?? this.plainDots;
  }

  get count(): number {
    return this.rows;
  }

  /** @returns the number of the first row that was added; undefined where memory does not do for them */
  add({ data, scales }: PackedVectors): number | undefined {
    const first = this.rows;
    const end = rowsAt + (first + scales.length) * this.stride;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      const more = Math.max(missing, Math.min(this.memory.buffer.byteLength * (growth - 1), 256 * 1024 * 1024));
      if (!this.grow(more) && !this.grow(missing)) {
        return undefined;
      }
    }
    new Int8Array(this.memory.buffer).set(data.subarray(0, scales.length * this.stride), rowsAt + first * this.stride);
    if (first + scales.length > this.scales.length) {
      const larger = new Float32Array(Math.ceil((first + scales.length) * growth));
      larger.set(this.scales.subarray(0, first));
      this.scales = larger;
    }
    this.scales.set(scales, first);
    this.rows += scales.length;
    return first;
  }

  /** Cosines of a question with rows. @param question of length 1 @param out gets the cosine of each row at its number */
  compare(question: Float32Array, ranges: readonly RowRange[], out: Float32Array): void {
    const scale = this.askFor(question);
    for (const { first, count } of ranges) {
      for (let done = 0; done < count; done += rowsAtOnce) {
        const some = Math.min(rowsAtOnce, count - done);
        this.dots(0, rowsAt + (first + done) * this.stride, sumsAt, some, this.stride);
        const sums = new Int32Array(this.memory.buffer, sumsAt, some);
        for (let i = 0, row = first + done; i < some; i++, row++) {
          out[row] = (sums[i] as number) * (this.scales[row] as number) * scale;
        }
      }
    }
  }

  private grow(bytes: number): boolean {
    try {
      this.memory.grow(Math.ceil(bytes / pageBytes));
      return true;
    } catch {
      return false;
    }
  }

  /** Writes a question where the kernel reads it. @returns what a sum is to be multiplied by */
  private askFor(question: Float32Array): number {
    const largest = question.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const numbers = new Int16Array(this.memory.buffer, 0, this.stride).fill(0);
    question.subarray(0, this.width).forEach((value, i) => (numbers[i] = largest > 0 ? Math.round((value / largest) * questionSteps) : 0));
    return largest / questionSteps;
  }

  private readonly plainDots: Dots = (question, rows, sums, count, width) => {
    const asked = new Int16Array(this.memory.buffer, question, width);
    const numbers = new Int8Array(this.memory.buffer, rows, count * width);
    const out = new Int32Array(this.memory.buffer, sums, count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let i = 0, at = row * width; i < width; i++, at++) {
        sum += (numbers[at] as number) * (asked[i] as number);
      }
      out[row] = sum;
    }
  };
}

/** Undefined on a processor without 128-bit instructions. */
function kernelOf(memory: WebAssembly.Memory): Dots | undefined {
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(dotKernelBytes, 'base64')), { videochat: { memory } });
    return instance.exports['dots'] as Dots;
  } catch {
    return undefined;
  }
}
