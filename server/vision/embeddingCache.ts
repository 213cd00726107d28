import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { BoundedFolder } from '../common/boundedFolder.js';
import type { Embeddings } from './embeddings.js';

export interface EmbeddingKeyParts {
  /** SHA-256 of the video file. */
  contentHash: string;
  /** Frame numbers of the plan. */
  indices: readonly number[];
  /** The preprocessing section that made the pixels; any JSON value. */
  preprocess: unknown;
  /** SHA-256 of the encoder's file. */
  modelHash: string;
}

const magic = Buffer.from('VCEMBED1');
const headerBytes = 64;
const sizeLimit = 256 * 1024 * 1024;

/**
 * Embeddings on disk, one file each, least recently used out first. Several processes may share a
 * folder: files appear whole by renaming. A damaged file counts as absent and is removed; a cache that
 * cannot be written costs time, never an answer.
 *
 * File: `VCEMBED1`, rows and width as uint32, 16 zero bytes, SHA-256 of the rest, then rows × width
 * float32; all little-endian.
 */
export class EmbeddingCache {
  private readonly files: BoundedFolder;

  constructor(
    folder: string,
    private readonly limitBytes: number,
  ) {
    this.files = new BoundedFolder(folder, { extension: '.vcembed', limitBytes });
  }

  /** Equal for equal frames through the same preprocessing and encoder. */
  static key(parts: EmbeddingKeyParts): string {
    const { contentHash, indices, preprocess, modelHash } = parts;
    const text = canonicalJson([contentHash, [...indices], preprocess, modelHash]);
    return createHash('sha256').update(text).digest('hex');
  }

  async get(key: string): Promise<Embeddings | undefined> {
    const path = this.files.path(key);
    let embeddings: Embeddings | undefined;
    try {
      const { size } = await stat(path);
      embeddings = size > headerBytes && size <= sizeLimit ? parse(await readFile(path)) : undefined;
    } catch {
      return undefined;
    }
    await (embeddings ? this.files.touch(path) : this.files.remove(path));
    return embeddings;
  }

  /** Keeps a copy. Never rejects because of the disk. */
  async put(key: string, embeddings: Embeddings): Promise<void> {
    const file = serialise(embeddings);
    if (file.byteLength <= Math.min(this.limitBytes, sizeLimit)) {
      await this.files.write(key, file);
    }
  }

  /** Bytes of all entries. */
  bytes(): Promise<number> {
    return this.files.bytes();
  }

  /** Removes every entry. */
  clear(): Promise<void> {
    return this.files.clear();
  }
}

function serialise({ rows, width, data }: Embeddings): Buffer {
  const payload = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(rows, 8);
  header.writeUInt32LE(width, 12);
  digest(header, payload).copy(header, 32);
  return Buffer.concat([header, payload]);
}

function parse(file: Buffer): Embeddings | undefined {
  const [rows, width] = [file.readUInt32LE(8), file.readUInt32LE(12)];
  const payload = file.subarray(headerBytes);
  const whole =
    file.subarray(0, magic.length).equals(magic) &&
    payload.byteLength === rows * width * 4 &&
    digest(file, payload).equals(file.subarray(32, headerBytes));
  if (!whole) {
    return undefined;
  }
  // A copy of its own: aligned, and not a view that keeps the file's buffer.
  const bytes = Uint8Array.from(payload);
  return { rows, width, data: new Float32Array(bytes.buffer) };
}

function digest(header: Buffer, payload: Buffer): Buffer {
  return createHash('sha256').update(header.subarray(0, 32)).update(payload).digest();
}

/** JSON with sorted keys. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
