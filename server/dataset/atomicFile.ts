import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { locked } from './fileLock.js';
import { temporaryPath } from './temporaryFiles.js';
import { writing } from './writing.js';

const bufferedCharacters = 256 * 1024;

/** A file that appears whole or not at all: it is written beside its place, and renamed at the end. */
export class AtomicFile {
  private buffer: string[] = [];
  private buffered = 0;
  private published = false;

  private constructor(
    readonly path: string,
    private readonly temporary: string,
    private handle: FileHandle | undefined,
  ) {}

  /** Folders are made. @throws VideoChatError AnnotationsNotWritten, DiskFull, as all methods do */
  static async create(path: string): Promise<AtomicFile> {
    await checkWritable(path);
    const temporary = temporaryPath(path);
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const file = new AtomicFile(path, temporary, await open(temporary, 'wx'));
      const before = await stat(path).catch(() => undefined);
      // Who may read and write it stays as it was, on disks that know such a thing.
      await (before && file.handle?.chmod(before.mode & 0o777).catch(() => undefined));
      return file;
    });
  }

  async write(text: string): Promise<void> {
    this.buffer.push(text);
    this.buffered += text.length;
    if (this.buffered > bufferedCharacters) {
      await writing(this.path, () => this.flush());
    }
  }

  /** Nothing more will be written; the file does not appear yet. */
  async finish(): Promise<void> {
    await writing(this.path, async () => {
      await this.flush();
      await this.handle?.sync();
      await this.close();
    });
  }

  /** Makes a finished file appear. */
  async publish(): Promise<void> {
    await writing(this.path, () => rename(this.temporary, this.path));
    this.published = true;
  }

  /** Takes back what has not appeared. Never throws. */
  async discard(): Promise<void> {
    await this.close().catch(() => undefined);
    if (!this.published) {
      await rm(this.temporary, { force: true }).catch(() => undefined);
    }
  }

  private async flush(): Promise<void> {
    const text = this.buffer.join('');
    this.buffer = [];
    this.buffered = 0;
    await this.handle?.appendFile(text);
  }

  private async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close();
  }
}

/**
 * Renaming would replace a file that its owner has write-protected. That counts for administrators, too, whom the
 * system stops from nothing.
 *
 * @throws VideoChatError AnnotationsNotWritten; a file that does not exist is fine
 */
export async function checkWritable(path: string): Promise<void> {
  await writing(path, async () => {
    const before = await stat(path).catch(() => undefined);
    if (before) {
      await access(path, constants.W_OK);
      if ((before.mode & 0o222) === 0) {
        throw Object.assign(new Error(`${path} is write-protected.`), { code: 'EACCES' });
      }
    }
  });
}

/**
 * Replaces a file by another text.
 * @param mayReplace asked at the last moment, and while nobody else who asks replaces it; false leaves the file as it is
 * @returns whether it was replaced
 */
export async function replaceFile(path: string, text: string, mayReplace?: () => Promise<boolean>): Promise<boolean> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(text);
    await file.finish();
    if (!mayReplace) {
      await file.publish();
      return true;
    }
    return await writing(path, () =>
      locked(path, async () => {
        const may = await mayReplace();
        await (may && file.publish());
        return may;
      }),
    );
  } finally {
    await file.discard();
  }
}
