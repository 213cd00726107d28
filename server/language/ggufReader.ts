import { PhraseError } from '../common/phraseError.js';
import { type Phrase, phrase } from '../protocol/index.js';

/** Where a GGUF header ends earlier than it promises; the caller may come back with more bytes. */
export class GgufEnd extends Error {}
/** What a GGUF header says cannot be. */
export class GgufProblem extends PhraseError {
  constructor(override readonly reason: Phrase) {
    super(reason);
  }
}

export const ggufLimits = {
  headerBytes: 256 * 1024 * 1024,
  entries: 4096,
  tensors: 16_384,
  keyBytes: 65_535,
  stringBytes: 64 * 1024 * 1024,
} as const;

/** Values by GGUF type number: bytes each; strings (8) and arrays (9) have no fixed size. */
const valueBytes: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const stringType = 8;
const arrayType = 9;

/** An array stays undecoded: vocabularies have hundreds of thousands of strings. */
export interface GgufArray {
  type: number;
  count: number;
  offset: number;
}
export type GgufValue = number | bigint | boolean | string | GgufArray;

export interface GgufTensor {
  name: string;
  shape: number[];
  type: number;
  offset: number;
}

export interface GgufHeader {
  version: number;
  metadata: Map<string, GgufValue>;
  /** Type number of each value: native code takes no other than it expects. */
  types: Map<string, number>;
  tensors: GgufTensor[];
  /** Byte at which the tensor table ends; data starts at the next multiple of the alignment. */
  end: number;
}

/** Reads a GGUF header from the first bytes of a file; trusts nothing in it. */
export class GgufReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  /**
   * @throws GgufEnd if the bytes end before the header does
   * @throws GgufProblem if the header is damaged
   */
  header(): GgufHeader {
    this.at = 0;
    if (this.bytes.toString('latin1', this.take(4), 4) !== 'GGUF') {
      throw new GgufProblem(phrase`it does not begin with the GGUF mark`);
    }
    const version = this.bytes.readUInt32LE(this.take(4));
    if (version !== 2 && version !== 3) {
      throw new GgufProblem(phrase`its GGUF version ${version} is not 2 or 3`);
    }
    const tensorCount = this.count(phrase`tensors`, ggufLimits.tensors);
    const entryCount = this.count(phrase`metadata entries`, ggufLimits.entries);
    const metadata = new Map<string, GgufValue>();
    const types = new Map<string, number>();
    for (let i = 0; i < entryCount; i++) {
      const key = this.text(ggufLimits.keyBytes);
      if (key === '' || metadata.has(key)) {
        throw new GgufProblem(phrase`its metadata key “${key.slice(0, 64)}” is empty or repeated`);
      }
      const type = this.bytes.readUInt32LE(this.take(4));
      types.set(key, type);
      metadata.set(key, this.value(type));
    }
    const tensors: GgufTensor[] = [];
    const names = new Set<string>();
    for (let i = 0; i < tensorCount; i++) {
      const tensor = this.tensor();
      if (names.has(tensor.name)) {
        throw new GgufProblem(phrase`its tensor “${tensor.name}” is listed twice`);
      }
      names.add(tensor.name);
      tensors.push(tensor);
    }
    return { version, metadata, types, tensors, end: this.at };
  }

  /** Decodes an array of strings that {@link header} passed over, one character per byte. */
  byteStrings(array: GgufArray): string[] {
    this.at = array.offset;
    return Array.from({ length: array.count }, () => this.text(ggufLimits.stringBytes, 'latin1'));
  }

  /** Decodes an array of 32-bit numbers that {@link header} passed over. */
  integers(array: GgufArray): number[] {
    return Array.from({ length: array.count }, (_, i) => this.bytes.readInt32LE(array.offset + i * 4));
  }

  private take(bytes: number): number {
    const start = this.at;
    if (start + bytes > this.bytes.length) {
      throw new GgufEnd();
    }
    this.at += bytes;
    return start;
  }

  private count(what: Phrase, limit: number): number {
    const value = this.bytes.readBigUInt64LE(this.take(8));
    if (value > BigInt(limit)) {
      throw new GgufProblem(phrase`it claims ${value} ${what}`);
    }
    return Number(value);
  }

  private text(limit: number, encoding: 'utf8' | 'latin1' = 'utf8'): string {
    const length = this.count(phrase`bytes in one text`, limit);
    const start = this.take(length);
    return this.bytes.toString(encoding, start, start + length);
  }

  private value(type: number): GgufValue {
    if (type === stringType) {
      return this.text(ggufLimits.stringBytes);
    }
    if (type === arrayType) {
      return this.array();
    }
    const size = valueBytes[type];
    if (!size) {
      throw new GgufProblem(phrase`it holds a value of unknown type ${type}`);
    }
    const at = this.take(size);
    switch (type) {
      case 0:
        return this.bytes.readUInt8(at);
      case 1:
        return this.bytes.readInt8(at);
      case 2:
        return this.bytes.readUInt16LE(at);
      case 3:
        return this.bytes.readInt16LE(at);
      case 4:
        return this.bytes.readUInt32LE(at);
      case 5:
        return this.bytes.readInt32LE(at);
      case 6:
        return this.bytes.readFloatLE(at);
      case 7:
        return this.bytes.readUInt8(at) !== 0;
      case 10:
        return this.bytes.readBigUInt64LE(at);
      case 11:
        return this.bytes.readBigInt64LE(at);
      default:
        return this.bytes.readDoubleLE(at);
    }
  }

  private array(): GgufArray {
    const type = this.bytes.readUInt32LE(this.take(4));
    const count = this.count(phrase`values in one array`, ggufLimits.headerBytes);
    const offset = this.at;
    if (type === stringType) {
      for (let i = 0; i < count; i++) {
        this.take(this.count(phrase`bytes in one text`, ggufLimits.stringBytes));
      }
      return { type, count, offset };
    }
    const size = valueBytes[type];
    if (!size) {
      throw new GgufProblem(phrase`it holds an array of unknown type ${type}`);
    }
    this.take(count * size);
    return { type, count, offset };
  }

  private tensor(): GgufTensor {
    const name = this.text(63);
    const dimensions = this.bytes.readUInt32LE(this.take(4));
    if (dimensions < 1 || dimensions > 4) {
      throw new GgufProblem(phrase`its tensor “${name}” has ${dimensions} dimensions`);
    }
    const shape = Array.from({ length: dimensions }, () => this.count(phrase`elements along one axis`, 2 ** 40));
    const type = this.bytes.readUInt32LE(this.take(4));
    const offset = this.count(phrase`bytes before a tensor`, Number.MAX_SAFE_INTEGER);
    return { name, shape, type, offset };
  }
}
