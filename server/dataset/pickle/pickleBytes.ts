import { phrase } from '../../protocol/index.js';
import { type Json, RawNumber } from '../json/json.js';
import { PickleError } from './pickleError.js';

const longestText = 16 * 1024 * 1024;
const longestNumber = 200;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as they arrive. What is not there yet is undefined; then the caller goes back and tries again later. */
export class PickleBytes {
  private held: Buffer = Buffer.alloc(0);
  private at = 0;
  private forgotten = 0;

  /** In the file. */
  get position(): number {
    return this.forgotten + this.at;
  }

  get left(): number {
    return this.held.length - this.at;
  }

  add(chunk: Buffer): void {
    this.held = this.left === 0 ? chunk : Buffer.concat([this.held.subarray(this.at), chunk]);
    this.forgotten += this.at;
    this.at = 0;
  }

  back(position: number): void {
    this.at = position - this.forgotten;
  }

  /** What was read is not needed again. */
  forget(): void {
    if (this.at === this.held.length) {
      this.forgotten += this.at;
      this.held = Buffer.alloc(0);
      this.at = 0;
    }
  }

  /** Unsigned, little end first. */
  uint(size: 1 | 2 | 4 | 8): number | undefined {
    const bytes = this.take(size);
    if (size === 8 && bytes) {
      const value = bytes.readBigUInt64LE();
      return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
    }
    return bytes?.readUIntLE(0, size);
  }

  int32(): number | undefined {
    return this.take(4)?.readInt32LE();
  }

  double(): number | undefined {
    return this.take(8)?.readDoubleBE();
  }

  /** An integer of any size, in two's complement. @param sizeBytes of its length */
  long(sizeBytes: 1 | 4): Json | undefined {
    const size = this.uint(sizeBytes);
    if (size !== undefined && size > longestNumber) {
      throw new PickleError(phrase`shorter numbers`, this.position);
    }
    const bytes = size === undefined ? undefined : this.take(size);
    if (!bytes) {
      return undefined;
    }
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(bytes[i] ?? 0);
    }
    const signed = BigInt.asIntN(bytes.length * 8, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : new RawNumber(String(signed));
  }

  /** @param sizeBytes of its length */
  text(sizeBytes: 1 | 4 | 8): string | undefined {
    const size = this.uint(sizeBytes);
    if (size !== undefined && size > longestText) {
      throw new PickleError(phrase`shorter texts`, this.position);
    }
    const bytes = size === undefined ? undefined : this.take(size);
    return bytes && this.decode(bytes);
  }

  /** Up to the next line feed. */
  line(): string | undefined {
    const end = this.held.indexOf(0x0a, this.at);
    if ((end < 0 ? this.left : end - this.at) > longestText) {
      throw new PickleError(phrase`shorter texts`, this.position);
    }
    if (end < 0) {
      return undefined;
    }
    const text = this.held.toString('latin1', this.at, end);
    this.at = end + 1;
    return text;
  }

  private decode(bytes: Buffer): string {
    try {
      return utf8.decode(bytes);
    } catch {
      // Python writes halves of surrogate pairs as three bytes.
      return bytes.toString('utf8');
    }
  }

  private take(size: number): Buffer | undefined {
    if (this.left < size) {
      return undefined;
    }
    this.at += size;
    return this.held.subarray(this.at - size, this.at);
  }
}
