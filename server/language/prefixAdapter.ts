import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { writeGguf } from './ggufWriter.js';
import type { EmbeddingRows } from './prompt.js';

/** Where a model's attention gives a number that is always 1: one of the inputs of each layer's `attn_output`. */
export interface ConstantInput {
  column: number;
  /** Inputs of `attn_output`. */
  inputs: number;
}

/**
 * A zero-gated prefix of one token, as LLaMA-Adapter adds one to each layer, gives every position the same vector: over one
 * token the softmax is 1. So it is a LoRA of rank 1 on `attn_output`, which multiplies that vector by an input that is always 1.
 *
 * @param constants [layers, width]: what is added to the attention of each layer
 * @returns a GGUF for weights of the architecture `llama`
 */
export function prefixAdapter({ rows, width, data }: EmbeddingRows, { column, inputs }: ConstantInput): Buffer {
  const pick = new Float32Array(inputs); // [inputs]
  pick[column] = 1;
  const tensors = Array.from({ length: rows }, (_, layer) => {
    const name = `blk.${layer}.attn_output.weight`;
    return [
      { name: `${name}.lora_a`, shape: [inputs, 1], values: pick },
      { name: `${name}.lora_b`, shape: [1, width], values: data.subarray(layer * width, (layer + 1) * width) },
    ];
  });
  const texts = { 'general.architecture': 'llama', 'general.type': 'adapter', 'adapter.type': 'lora' };
  return writeGguf({ texts, floats: { 'adapter.lora.alpha': 1 }, tensors: tensors.flat() });
}

/** Has something done with such a file, which is there no longer than that. @throws ModelCorrupt if the two halves of a model do not fit */
export async function withPrefixFile<T>(constants: EmbeddingRows, input: ConstantInput | undefined, layers: number, work: (path: string) => Promise<T>): Promise<T> {
  if (!input || constants.rows !== layers || constants.data.length !== constants.rows * constants.width) {
    throw new VideoChatError(
      ErrorCode.ModelCorrupt,
      input ? phrase`The prefix is made for ${constants.rows} layers, the language model has ${layers}.` : phrase`The language model has no place for a prefix.`,
      { hint: 'The two halves of the model do not belong together; check its manifest.' },
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'videochat-prefix-'));
  try {
    const path = join(folder, 'prefix.gguf');
    await writeFile(path, prefixAdapter(constants, input), { mode: 0o600 });
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
