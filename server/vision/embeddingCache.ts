import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
const extension = '.vcembed';
const staleTemporaryMs = 60 * 60_000;
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
  private evicting: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: string,
    private readonly limitBytes: number,
  ) {}

  /** Equal for equal frames through the same preprocessing and encoder. */
  static key(parts: EmbeddingKeyParts): string {
    const { contentHash, indices, preprocess, modelHash } = parts;
    const text = canonicalJson([contentHash, [...indices], preprocess, modelHash]);
    return createHash('sha256').update(text).digest('hex');
  }

  async get(key: string): Promise<Embeddings | undefined> {
    const path = this.path(key);
    let embeddings: Embeddings | undefined;
    try {
      const { size } = await stat(path);
      embeddings = size > headerBytes && size <= sizeLimit ? parse(await readFile(path)) : undefined;
    } catch {
      return undefined;
    }
    if (embeddings) {
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
    } else {
      await rm(path, { force: true, recursive: true }).catch(() => undefined);
    }
    return embeddings;
  }

  /** Keeps a copy. Never rejects because of the disk. */
  async put(key: string, embeddings: Embeddings): Promise<void> {
    const path = this.path(key);
    const file = serialise(embeddings);
    if (file.byteLength > Math.min(this.limitBytes, sizeLimit)) {
      return;
    }
    const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temporary, file);
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    await this.evict(path);
  }

  /** Bytes of all entries. */
  async bytes(): Promise<number> {
    return (await this.entries()).reduce((sum, entry) => sum + entry.bytes, 0);
  }

  /** Removes every entry. */
  async clear(): Promise<void> {
    for (const { path } of await this.entries()) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }

  private path(key: string): string {
    if (!/^[0-9a-f]{64}$/.test(key)) {
      throw new RangeError('An embedding key is 64 hex digits.');
    }
    return join(this.folder, key + extension);
  }

  /** @param newest just written: the last to go, whatever the clock says */
  private evict(newest: string): Promise<void> {
    this.evicting = this.evicting.then(async () => {
      const entries = (await this.entries()).filter(({ path }) => path !== newest);
      const size = await stat(newest).then(
        (stats) => stats.size,
        () => 0,
      );
      let total = entries.reduce((sum, entry) => sum + entry.bytes, size);
      for (const { path, bytes } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
        if (total <= this.limitBytes) {
          break;
        }
        await rm(path, { force: true }).catch(() => undefined);
        total -= bytes;
      }
    });
    return this.evicting;
  }

  private async entries(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const names = await readdir(this.folder).catch(() => []);
    const entries: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of names) {
      const path = join(this.folder, name);
      const stats = name.includes(extension) ? await stat(path).catch(() => undefined) : undefined;
      if (stats && name.endsWith(extension)) {
        entries.push({ path, bytes: stats.size, usedMs: stats.mtimeMs });
      } else if (stats && name.endsWith('.tmp') && Date.now() - stats.mtimeMs > staleTemporaryMs) {
        await rm(path, { force: true }).catch(() => undefined);
      }
    }
    return entries;
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
