import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from './dispose.js';

export interface FolderBounds {
  /** Of every entry, with its dot. */
  extension: string;
  /** Bytes of all entries together. */
  limitBytes: number;
  /** Left out: any number. */
  limitFiles?: number;
}

const staleTemporaryMs = 60 * 60_000;

/**
 * A folder of files that can be made again, the least recently used out first. Several processes may share it:
 * files appear whole, by renaming. Only `prepare` and `adopt` reject where the disk does not do what it should.
 */
export class BoundedFolder {
  private evicting: Promise<void> = Promise.resolve();
  private readonly held = new Map<string, number>();

  constructor(
    private readonly folder: string,
    private readonly bounds: FolderBounds,
  ) {}

  /** @param key 64 hex digits */
  path(key: string): string {
    if (!/^[0-9a-f]{64}$/.test(key)) {
      throw new RangeError('A key is 64 hex digits.');
    }
    return join(this.folder, key + this.bounds.extension);
  }

  /** The path of an entry that is there, marked as used now. */
  async find(key: string): Promise<string | undefined> {
    const path = this.path(key);
    const isFile = await stat(path).then((stats) => stats.isFile(), () => false);
    if (isFile) {
      await this.touch(path);
    }
    return isFile ? path : undefined;
  }

  /** Marks an entry as used now. */
  async touch(path: string): Promise<void> {
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
  }

  /** Keeps a small entry. */
  async write(key: string, data: Uint8Array): Promise<void> {
    const temporary = this.temporary(key);
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temporary, data);
      await this.adopt(temporary, key);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** A path beside the entry's, for a file that {@link adopt} will take. The folder is made. */
  async prepare(key: string): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return this.temporary(key);
  }

  /** Makes a finished file the entry of a key, and makes room. @throws what renaming throws */
  async adopt(temporary: string, key: string): Promise<string> {
    const path = this.path(key);
    await rename(temporary, path);
    await this.evict(path);
    return path;
  }

  /** Makes room for an entry that has grown where it is. */
  grown(path: string): Promise<void> {
    return this.evict(path);
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true, recursive: true }).catch(() => undefined);
  }

  /** While it is held, an entry does not have to make room; it may have to afterwards. */
  hold(path: string): Disposable {
    this.held.set(path, (this.held.get(path) ?? 0) + 1);
    let open = true;
    return {
      dispose: async () => {
        if (!open) return;
        open = false;
        const left = (this.held.get(path) ?? 1) - 1;
        if (left > 0) {
          this.held.set(path, left);
        } else {
          this.held.delete(path);
          await this.evict(undefined);
        }
      },
    };
  }

  /** Bytes of all entries. */
  async bytes(): Promise<number> {
    return (await this.entries()).reduce((sum, entry) => sum + entry.bytes, 0);
  }

  async clear(): Promise<void> {
    for (const { path } of await this.entries()) {
      await this.remove(path);
    }
  }

  private temporary(key: string): string {
    return `${this.path(key)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  }

  /** @param newest just written: stays, whatever the clock says */
  private evict(newest: string | undefined): Promise<void> {
    this.evicting = this.evicting.then(async () => {
      const entries = await this.entries();
      let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
      let files = entries.length;
      const { limitBytes, limitFiles = Infinity } = this.bounds;
      for (const entry of entries.sort((a, b) => a.usedMs - b.usedMs)) {
        if (bytes <= limitBytes && files <= limitFiles) {
          break;
        }
        if (entry.path !== newest && !this.held.has(entry.path)) {
          await this.remove(entry.path);
          bytes -= entry.bytes;
          files--;
        }
      }
    });
    return this.evicting;
  }

  private async entries(): Promise<{ path: string; bytes: number; usedMs: number }[]> {
    const { extension } = this.bounds;
    const names = await readdir(this.folder).catch(() => []);
    const entries: { path: string; bytes: number; usedMs: number }[] = [];
    for (const name of names) {
      const path = join(this.folder, name);
      const stats = name.includes(extension) ? await stat(path).catch(() => undefined) : undefined;
      if (stats && name.endsWith(extension)) {
        entries.push({ path, bytes: stats.size, usedMs: stats.mtimeMs });
      } else if (stats && name.endsWith('.tmp') && Date.now() - stats.mtimeMs > staleTemporaryMs) {
        await this.remove(path);
      }
    }
    return entries;
  }
}
