import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

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

  /** Folders are made. @throws VideoChatError AnnotationsNotWritten, as all methods do */
  static async create(path: string): Promise<AtomicFile> {
    const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new AtomicFile(path, temporary, await open(temporary, 'wx'));
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

const temporaryName = /\.\d+\.[0-9a-f]{8}\.tmp$/;
const staleMs = 60 * 60_000;

/** Removes what writing left in a folder when its process was killed, an hour later. Never throws. */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const path = join(folder, name);
    const stats = temporaryName.test(name) ? await stat(path).catch(() => undefined) : undefined;
    if (stats?.isFile() && Date.now() - stats.mtimeMs > staleMs) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}

/**
 * Replaces a file by another text.
 * @param mayReplace asked at the last moment; false leaves the file as it is
 * @returns whether it was replaced
 */
export async function replaceFile(path: string, text: string, mayReplace: () => Promise<boolean> = async () => true): Promise<boolean> {
  const file = await AtomicFile.create(path);
  try {
    await file.write(text);
    await file.finish();
    if (!(await mayReplace())) {
      return false;
    }
    await file.publish();
    return true;
  } finally {
    await file.discard();
  }
}

/** Says as a typed error that something could not be written. */
export async function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${path} could not be written: ${why}`, {
      hint: 'Check that there is room on the disk and that the folder may be written to, then do it again: nothing is done twice.',
      subject: path,
    });
  }
}
