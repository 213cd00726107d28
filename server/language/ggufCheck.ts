import { open, stat, type FileHandle } from 'node:fs/promises';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { checkVocabulary } from './ggufVocabulary.js';
import { GgufEnd, GgufProblem, GgufReader, ggufLimits, type GgufHeader, type GgufTensor } from './ggufReader.js';

/** What a GGUF says about its model. */
export interface GgufSummary {
  architecture: string;
  bytes: number;
  layers: number;
  width: number;
  trainedContext: number;
  vocabulary: number;
}

/** What a GGUF says about how it is talked to. */
export interface GgufChat {
  name?: string;
  /** Jinja. */
  template?: string;
  /** Tokens that stand for no text, e.g. `<|im_end|>`. */
  controlTokens: string[];
  /** What ends an answer. */
  endToken?: string;
}

/** [elements, bytes] of one block, by ggml type number (ggml.h of llama.cpp v0.5.0). */
const blocks: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
  40: [64, 36],
  41: [128, 18],
  42: [64, 18],
};

/** Kinds of tokens in `tokenizer.ggml.token_type`. */
const [controlToken, userToken] = [3, 4];

async function readStart(file: FileHandle, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, filled);
    if (bytesRead === 0) {
      break;
    }
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Reads as much of the file as its header needs. */
async function readHeader(file: FileHandle, bytes: number): Promise<{ reader: GgufReader; header: GgufHeader }> {
  for (let length = Math.min(bytes, 2 ** 20); ; length = Math.min(bytes, length * 4)) {
    const reader = new GgufReader(await readStart(file, length));
    try {
      return { reader, header: reader.header() };
    } catch (error) {
      if (!(error instanceof GgufEnd)) {
        throw error;
      }
      if (length >= bytes || length >= ggufLimits.headerBytes) {
        throw new GgufProblem(phrase`it ends in the middle of its header`);
      }
    }
  }
}

function tensorBytes(tensor: GgufTensor): number {
  const block = blocks[tensor.type];
  const row = tensor.shape[0] ?? 0;
  if (!block || row % block[0] !== 0) {
    throw new GgufProblem(phrase`its tensor “${tensor.name}” has a type or shape that does not exist`);
  }
  const elements = tensor.shape.reduce((product, n) => product * n, 1);
  if (elements < 1 || elements > Number.MAX_SAFE_INTEGER / 8) {
    throw new GgufProblem(phrase`its tensor “${tensor.name}” has an impossible size`);
  }
  return (elements / block[0]) * block[1];
}

function checkTensors(header: GgufHeader, bytes: number): void {
  const alignment = header.metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 8 || alignment > 2 ** 20 || (alignment & (alignment - 1)) !== 0) {
    throw new GgufProblem(phrase`its alignment is not a power of two`);
  }
  const start = Math.ceil(header.end / alignment) * alignment;
  for (const tensor of header.tensors) {
    if (tensor.offset % alignment !== 0 || start + tensor.offset + tensorBytes(tensor) > bytes) {
      throw new GgufProblem(phrase`its tensor “${tensor.name}” lies outside the file; the file may be cut off`);
    }
  }
}

function integer(header: GgufHeader, key: string, low: number, high: number): number {
  const raw = header.metadata.get(key);
  const value = typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    throw new GgufProblem(phrase`its ${key} is missing or impossible`);
  }
  return value;
}

/** Numbers that libllama divides by or allocates from before it compares them with the tensors. */
function checkShape(header: GgufHeader, architecture: string): Omit<GgufSummary, 'bytes' | 'vocabulary'> {
  const key = (name: string) => `${architecture}.${name}`;
  const layers = integer(header, key('block_count'), 1, 512);
  const width = integer(header, key('embedding_length'), 1, 2 ** 17);
  const trainedContext = integer(header, key('context_length'), 1, 2 ** 30);
  const heads = header.metadata.get(key('attention.head_count'));
  if (typeof heads === 'number') {
    const valueHeads = header.metadata.has(key('attention.head_count_kv'))
      ? header.metadata.get(key('attention.head_count_kv'))
      : heads;
    if (heads < 1 || heads > 1024 || (typeof valueHeads === 'number' && (valueHeads < 1 || heads % valueHeads !== 0))) {
      throw new GgufProblem(phrase`its numbers of attention heads are impossible`);
    }
    const dimensions = header.metadata.get(key('rope.dimension_count'));
    const headWidth = header.metadata.get(key('attention.key_length')) ?? width / heads;
    if (architecture === 'llama' && dimensions !== undefined && dimensions !== headWidth) {
      throw new GgufProblem(phrase`its rotary dimensions do not fit its attention heads`);
    }
  }
  for (const name of ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon']) {
    const epsilon = header.metadata.get(key(name)) ?? 0;
    if (typeof epsilon !== 'number' || !(epsilon >= 0 && epsilon < 1)) {
      throw new GgufProblem(phrase`its ${key(name)} is impossible`);
    }
  }
  const scaling = header.metadata.get(key('rope.scaling.type')) ?? 'none';
  if (typeof scaling !== 'string' || !['none', 'linear', 'yarn', 'longrope'].includes(scaling)) {
    throw new GgufProblem(phrase`its rotary scaling is of an unknown kind`);
  }
  const experts = header.metadata.get(key('expert_count')) ?? 0;
  const used = header.metadata.get(key('expert_used_count')) ?? 0;
  const possible = typeof experts === 'number' && typeof used === 'number' && experts <= 512 && used <= experts;
  if (!possible || (experts > 0 && used === 0)) {
    throw new GgufProblem(phrase`its numbers of experts are impossible`);
  }
  const parts = header.metadata.get('split.count') ?? 0;
  if (typeof parts !== 'number' || parts > 1) {
    throw new GgufProblem(phrase`it is one part of several; join them to one file first`);
  }
  return { architecture, layers, width, trainedContext };
}

/**
 * Checks a GGUF file before native code sees it: mark, version, counts, lengths, shapes, vocabulary
 * tables and the bounds of every tensor. Reads the header only.
 *
 * @throws ModelFileMissing if there is no such file
 * @throws ModelCorrupt with a sentence that says what is wrong
 */
export async function ggufCheck(path: string): Promise<GgufSummary> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) {
    throw new VideoChatError(ErrorCode.ModelFileMissing, phrase`There is no model file ${path}.`, {
      hint: 'Check the path in the manifest, or fetch the model again.',
      subject: path,
    });
  }
  const file = await open(path, 'r');
  try {
    const { reader, header } = await readHeader(file, facts.size);
    checkTensors(header, facts.size);
    const architecture = header.metadata.get('general.architecture');
    if (typeof architecture !== 'string' || !/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(architecture)) {
      throw new GgufProblem(phrase`it does not name its architecture`);
    }
    const vocabulary = checkVocabulary(reader, header);
    return { ...checkShape(header, architecture), bytes: facts.size, vocabulary };
  } catch (error) {
    if (error instanceof GgufProblem || error instanceof GgufEnd || error instanceof RangeError) {
      throw damaged(path, error);
    }
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Reads how a model is talked to. Check the file first.
 *
 * @throws ModelCorrupt
 */
export async function ggufChat(path: string): Promise<GgufChat> {
  const file = await open(path, 'r');
  try {
    const { reader, header } = await readHeader(file, (await file.stat()).size);
    const text = (key: string): string | undefined => {
      const value = header.metadata.get(key);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const [tokens, types, end] = ['tokens', 'token_type', 'eos_token_id'].map((key) => header.metadata.get(`tokenizer.ggml.${key}`));
    const names = typeof tokens === 'object' ? reader.byteStrings(tokens).map((name) => Buffer.from(name, 'latin1').toString('utf8')) : [];
    const kinds = typeof types === 'object' ? reader.integers(types) : [];
    const endToken = typeof end === 'number' ? names[end] : undefined;
    const [name, template] = [text('general.name'), text('tokenizer.chat_template')];
    return {
      ...(name === undefined ? {} : { name }),
      ...(template === undefined ? {} : { template }),
      controlTokens: names.filter((_, id) => kinds[id] === controlToken || kinds[id] === userToken),
      ...(endToken === undefined ? {} : { endToken }),
    };
  } catch (error) {
    throw error instanceof GgufProblem || error instanceof GgufEnd || error instanceof RangeError ? damaged(path, error) : error;
  } finally {
    await file.close();
  }
}

function damaged(path: string, error: Error): VideoChatError {
  const why = error instanceof GgufProblem ? error.reason : phrase`its header contradicts itself`;
  return new VideoChatError(ErrorCode.ModelCorrupt, phrase`The model file is damaged: ${why}.`, {
    hint: 'Fetch the file again; its size and hash should be those of the manifest.',
    subject: path,
  });
}
