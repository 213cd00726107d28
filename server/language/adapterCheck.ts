import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { checkTensors, type OpenGguf, tensorBytes, withGguf } from './ggufFile.js';
import { GgufProblem, type GgufTensor } from './ggufReader.js';

/** Of each type that a LoRA may be stored in: bits of the exponent, all of which are set in a number that is none. */
const exponents: Readonly<Record<number, { bytes: 2 | 4; mask: number }>> = {
  0: { bytes: 4, mask: 0x7f800000 },
  1: { bytes: 2, mask: 0x7c00 },
  30: { bytes: 2, mask: 0x7f80 },
};
const float32 = 6;
const highestRank = 4_096;
const chunkBytes = 4 * 1024 * 1024;

/**
 * Checks a LoRA in GGUF before native code sees it: that it is one, for weights of this architecture, each of its halves for
 * a matrix that the weights have, in their shape, and its numbers finite.
 *
 * @throws ModelFileMissing, ModelCorrupt for the adapter's file
 * @throws ManifestInvalid where it belongs to other weights
 */
export async function adapterCheck(path: string, weights: string): Promise<void> {
  const base = await withGguf(weights, ({ header }) => ({
    architecture: header.metadata.get('general.architecture'),
    shapes: new Map(header.tensors.map(({ name, shape }) => [name, shape])),
  }));
  await withGguf(path, async (gguf) => {
    const { header, bytes } = gguf;
    const start = checkTensors(header, bytes);
    if (header.metadata.get('general.type') !== 'adapter' || header.metadata.get('adapter.type') !== 'lora') {
      throw new GgufProblem(phrase`it is no LoRA`);
    }
    const architecture = header.metadata.get('general.architecture');
    if (typeof architecture !== 'string' || architecture !== base.architecture) {
      throw mismatch(path, phrase`it was made for the architecture “${typeof architecture === 'string' ? architecture.slice(0, 64) : ''}”`);
    }
    const alpha = header.metadata.get('adapter.lora.alpha') ?? 0;
    const isFloat = (header.types.get('adapter.lora.alpha') ?? float32) === float32;
    if (!isFloat || typeof alpha !== 'number' || !(alpha >= 0 && alpha <= 1e6)) {
      throw new GgufProblem(phrase`its adapter.lora.alpha is impossible`);
    }
    if (header.metadata.has('adapter.alora.invocation_tokens')) {
      throw new GgufProblem(phrase`it begins in the middle of a prompt, which is not supported`);
    }
    for (const [name, { a, b }] of halves(header.tensors)) {
      const shape = base.shapes.get(name);
      if (!shape) {
        throw mismatch(path, phrase`the weights have no “${name}”`);
      }
      const [inputs = 0, rank = 0] = a.shape;
      const [inner = 0, outputs = 0] = b.shape;
      if (inner !== rank || rank > highestRank || a.shape.length !== 2 || b.shape.length !== 2) {
        throw new GgufProblem(phrase`the halves of “${name}” do not fit each other`);
      }
      if (shape.length !== 2 || shape[0] !== inputs || shape[1] !== outputs) {
        throw mismatch(path, phrase`“${name}” is [${shape.join(', ')}] there and [${inputs}, ${outputs}] in it`);
      }
    }
    for (const tensor of header.tensors) {
      await checkNumbers(gguf, tensor, start);
    }
  });
}

/** The two halves of each matrix's change, by the matrix's name. */
function halves(tensors: readonly GgufTensor[]): Map<string, { a: GgufTensor; b: GgufTensor }> {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found = new Map<string, { a: GgufTensor; b: GgufTensor }>();
  for (const { name } of tensors) {
    const [, matrix = ''] = /^(.+\.weight)\.lora_[ab]$/.exec(name) ?? [];
    const [a, b] = [byName.get(`${matrix}.lora_a`), byName.get(`${matrix}.lora_b`)];
    // libllama leaves norms out without a word, and stores the token table's change the other way around.
    if (!a || !b || /_norm\.weight$|^token_embd\./.test(matrix)) {
      throw new GgufProblem(phrase`its tensor “${name}” is no half of a matrix's change`);
    }
    found.set(matrix, { a, b });
  }
  if (found.size === 0) {
    throw new GgufProblem(phrase`it holds no tensors`);
  }
  return found;
}

async function checkNumbers({ file }: OpenGguf, tensor: GgufTensor, start: number): Promise<void> {
  const kind = exponents[tensor.type];
  if (!kind) {
    throw new GgufProblem(phrase`its tensor “${tensor.name}” is of a type that adapters are not stored in`);
  }
  const total = tensorBytes(tensor);
  const chunk = Buffer.alloc(Math.min(total, chunkBytes));
  for (let at = 0; at < total; at += chunk.length) {
    const length = Math.min(chunk.length, total - at);
    const { bytesRead } = await file.read(chunk, 0, length, start + tensor.offset + at);
    const values = kind.bytes === 4 ? new Uint32Array(chunk.buffer, chunk.byteOffset, length / 4) : new Uint16Array(chunk.buffer, chunk.byteOffset, length / 2);
    if (bytesRead !== length || values.some((bits) => (bits & kind.mask) === kind.mask)) {
      throw new GgufProblem(phrase`its tensor “${tensor.name}” holds values that are not numbers`);
    }
  }
}

function mismatch(path: string, why: ReturnType<typeof phrase>): VideoChatError {
  return new VideoChatError(ErrorCode.ManifestInvalid, phrase`The adapter does not belong to these weights: ${why}.`, {
    hint: 'Give the adapter that was made for this model, or the weights that it was made for.',
    subject: path,
  });
}
