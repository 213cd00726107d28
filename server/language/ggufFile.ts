import { open, stat, type FileHandle } from 'node:fs/promises';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { GgufEnd, GgufProblem, GgufReader, ggufLimits, type GgufHeader, type GgufTensor } from './ggufReader.js';

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

/** A whole number of the header, between bounds. @throws GgufProblem */
export function ggufInteger(header: GgufHeader, key: string, least: number, most: number): number {
  const raw = header.metadata.get(key);
  const value = typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new GgufProblem(phrase`its ${key} is missing or impossible`);
  }
  return value;
}

/** Bytes of a tensor's data. @throws GgufProblem */
export function tensorBytes(tensor: GgufTensor): number {
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

/** Every tensor lies inside the file. @returns the byte at which their data begins @throws GgufProblem */
export function checkTensors(header: GgufHeader, bytes: number): number {
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
  return start;
}

/** A GGUF that is open: its header, and where the data of its tensors begin. */
export interface OpenGguf {
  reader: GgufReader;
  header: GgufHeader;
  file: FileHandle;
  bytes: number;
}

/**
 * Opens a GGUF, reads its header, and has something done with it.
 *
 * @throws ModelFileMissing if there is no such file
 * @throws ModelCorrupt with a sentence that says what is wrong, also for a GgufProblem that `work` throws
 */
export async function withGguf<T>(path: string, work: (gguf: OpenGguf) => T | Promise<T>): Promise<T> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) {
    throw new VideoChatError(ErrorCode.ModelFileMissing, phrase`There is no model file ${path}.`, {
      hint: 'Check the path in the manifest, or fetch the model again.',
      subject: path,
    });
  }
  const file = await open(path, 'r');
  try {
    return await work({ ...(await readHeader(file, facts.size)), file, bytes: facts.size });
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
