import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { throwIfCancelled } from '../common/cancellation.js';
import type { CancellationToken } from '../common/cancellation.js';

const recordSchema = z.strictObject({ identity: z.string().max(200), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const storeSchema = z.strictObject({ version: z.literal(1), files: z.record(z.string(), recordSchema) });
type FileRecord = z.infer<typeof recordSchema>;

const storeLimit = 500;
const chunkBytes = 1024 * 1024;

const hashesOfFolder = new Map<string | undefined, FileHashes>();

/** The hashes that are remembered in a folder: one object for the whole process, since it writes one file. */
export function fileHashesIn(cacheFolder?: string): FileHashes {
  const hashes = hashesOfFolder.get(cacheFolder) ?? new FileHashes(cacheFolder);
  hashesOfFolder.set(cacheFolder, hashes);
  return hashes;
}

/**
 * SHA-256 of files, remembered as long as a file's size, times and inode stay the same: in memory, and
 * in a small file of the cache folder for the next start. A store that is damaged or cannot be written
 * only costs time.
 */
export class FileHashes {
  private records?: Promise<Map<string, FileRecord>>;

  constructor(private readonly cacheFolder?: string) {}

  /** Lower-case hex. `onBytes` hears how many more bytes are done. Rejects as `fs` does. */
  async sha256(path: string, onBytes?: (bytes: number) => void, token?: CancellationToken): Promise<string> {
    throwIfCancelled(token);
    const records = await (this.records ??= this.read());
    const before = await identityOf(path);
    const known = records.get(path);
    if (known?.identity === before.identity) {
      onBytes?.(before.bytes);
      return known.sha256;
    }
    const sha256 = await hashFile(path, onBytes, token);
    if ((await identityOf(path)).identity === before.identity) {
      records.delete(path);
      records.set(path, { identity: before.identity, sha256 });
      await this.write(records);
    }
    return sha256;
  }

  private async read(): Promise<Map<string, FileRecord>> {
    try {
      const text = this.cacheFolder === undefined ? '' : await readFile(this.storePath(this.cacheFolder), 'utf8');
      return new Map(Object.entries(storeSchema.parse(JSON.parse(text)).files));
    } catch {
      return new Map();
    }
  }

  private async write(records: Map<string, FileRecord>): Promise<void> {
    if (this.cacheFolder === undefined) {
      return;
    }
    const path = this.storePath(this.cacheFolder);
    const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
    const files = Object.fromEntries([...records].slice(-storeLimit));
    try {
      await mkdir(this.cacheFolder, { recursive: true });
      await writeFile(temporary, JSON.stringify({ version: 1, files }));
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  private storePath(cacheFolder: string): string {
    return join(cacheFolder, 'file-hashes.json');
  }
}

async function identityOf(path: string): Promise<{ identity: string; bytes: number }> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  return { identity: [size, mtimeNs, ctimeNs, ino].join(':'), bytes: Number(size) };
}

async function hashFile(
  path: string,
  onBytes?: (bytes: number) => void,
  token?: CancellationToken,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    throwIfCancelled(token);
    hash.update(chunk as Buffer);
    onBytes?.((chunk as Buffer).byteLength);
  }
  return hash.digest('hex');
}
