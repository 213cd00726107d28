import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { corrupt, writingModels } from '../hub/hubErrors.js';
import { pathInside } from '../models/names.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import type { PackFile } from './packRecord.js';
import type { PackArchive } from './packSchema.js';

const mostEntries = 10_000;
/** Beside the files that are known, e.g. entries of folders. */
const spareBytes = 1024 * 1024;

/** What an archive says of one of its members. `other`: links, devices and the like. */
export interface ArchiveEntry {
  name: string;
  kind: 'file' | 'folder' | 'other';
  bytes: number;
}

export interface SinkOptions {
  token?: CancellationToken | undefined;
  onBytes(bytes: number): void;
}

/** Takes what is wanted out of an archive into a folder. What the archive says of itself is not believed. */
export class PackSink {
  readonly files: PackFile[] = [];
  private entries = 0;
  private bytes = 0;
  private readonly most: number;
  private readonly known: ReadonlyMap<string, { bytes: number; sha256: string }> | undefined;

  /** @param folder of the pack that is put together */
  constructor(
    private readonly archive: PackArchive,
    private readonly folder: string,
    private readonly options: SinkOptions,
  ) {
    this.known = archive.files && new Map(archive.files.map(({ path, ...rest }) => [path, rest]));
    this.most = archive.mostBytes ?? (archive.files ?? []).reduce((sum, { bytes }) => sum + bytes, spareBytes);
  }

  /**
   * Looks at a member before any of it is read.
   *
   * @returns its path below `take`; undefined where it is not wanted
   * @throws VideoChatError ArchiveRefused
   */
  plan({ name, kind, bytes }: ArchiveEntry): string | undefined {
    const { take, only } = this.archive;
    throwIfCancelled(this.options.token);
    if (++this.entries > mostEntries) {
      throw this.refusal(phrase`it has more than ${mostEntries} members`);
    }
    if (!pathInside.test(kind === 'folder' ? name.replace(/\/+$/, '') : name)) {
      throw this.refusal(phrase`the name "${name.slice(0, 200)}" leads out of the folder`);
    }
    if (kind === 'other') {
      throw this.refusal(phrase`"${name.slice(0, 200)}" is a link or a device`);
    }
    if ((this.bytes += bytes) > this.most) {
      throw this.refusal(phrase`it unpacks to more than ${this.most} bytes`);
    }
    if (kind === 'folder' || !name.startsWith(take)) {
      return undefined;
    }
    const path = name.slice(take.length);
    if (this.known && !this.known.has(path)) {
      throw this.refusal(phrase`"${name.slice(0, 200)}" does not belong to it`);
    }
    return only === undefined || only.includes(path) ? path : undefined;
  }

  /** Writes a member that is wanted. @throws VideoChatError ArchiveRefused, DownloadCorrupt, DiskFull, ModelNotWritten */
  async write(path: string, bytes: number, pieces: AsyncIterable<Buffer>): Promise<void> {
    const { to, url } = this.archive;
    const place = join(this.folder, ...to.split('/'), ...path.split('/'));
    const hash = createHash('sha256');
    let here = 0;
    await writingModels(place, async () => {
      await mkdir(dirname(place), { recursive: true });
      const handle = await open(place, 'wx').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? this.refusal(phrase`it holds "${path}" twice`) : error;
      });
      try {
        for await (const piece of this.read(pieces)) {
          throwIfCancelled(this.options.token);
          if ((here += piece.length) > bytes) {
            throw this.refusal(phrase`"${path}" has more bytes than it says`);
          }
          hash.update(piece);
          await handle.appendFile(piece);
          this.options.onBytes(piece.length);
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
    const sha256 = hash.digest('hex');
    const wanted = this.known?.get(path);
    if (here !== bytes || (wanted && (wanted.bytes !== here || wanted.sha256 !== sha256))) {
      throw corrupt(url, phrase`its file ${path} is another one`);
    }
    this.files.push({ path: `${to}/${path}`, bytes: here, sha256 });
  }

  /** @throws VideoChatError DownloadCorrupt where something is missing */
  finish(): void {
    const { to, only, url } = this.archive;
    const came = new Set(this.files.map(({ path }) => path));
    const missing = (only ?? [...(this.known?.keys() ?? [])]).find((path) => !came.has(`${to}/${path}`));
    if (missing !== undefined || came.size === 0) {
      throw corrupt(url, phrase`it lacks ${missing ?? 'every file'}`);
    }
  }

  /** What cannot be unpacked is no trouble with the disk. */
  private async *read(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* pieces;
    } catch (error) {
      throw this.refusal(phrase`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  refusal(why: Phrase): VideoChatError {
    return new VideoChatError(ErrorCode.ArchiveRefused, phrase`The archive ${this.archive.url} is not unpacked: ${why}.`, {
      hint: 'Somebody between here and the registry changes its files, or a mirror is wrong.',
      subject: this.archive.url,
    });
  }
}
