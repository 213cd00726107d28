import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { Format, SourceFile } from '../formats/format.js';

const mostFiles = 1_000_000;

/** What is imported: a file, or all files of a folder that have the format's endings. */
export class ImportSource {
  private constructor(
    readonly path: string,
    private readonly names: readonly string[],
    readonly totalBytes: number,
    readonly sha256: string,
  ) {}

  /** Looks at everything once: how much it is, and its hash. @throws VideoChatError FormatInvalid */
  static async open(path: string, format: Format, token?: CancellationToken): Promise<ImportSource> {
    const stats = await stat(path).catch(() => undefined);
    if (!stats || !(stats.isFile() || stats.isDirectory())) {
      throw new VideoChatError(ErrorCode.FormatInvalid, phrase`There is no file ${path}.`, { hint: 'Check the path.', subject: path });
    }
    if (stats.isDirectory() && !format.filePerClip) {
      throw new VideoChatError(ErrorCode.FormatInvalid, phrase`${path} is a folder; ${format.name} is one file.`, {
        hint: 'Name the file itself.',
        subject: path,
      });
    }
    const names = stats.isFile() ? [''] : await filesBelow(path, format.extensions);
    if (names.length === 0) {
      throw new VideoChatError(ErrorCode.FormatInvalid, phrase`There are no files with ${format.extensions.join(', ')} in ${path}.`, {
        hint: 'Check the folder and the format.',
        subject: path,
      });
    }
    const hash = createHash('sha256');
    let bytes = 0;
    for (const name of names) {
      if (name !== '') {
        hash.update(`${name}\0`);
      }
      for await (const chunk of read(join(path, name))) {
        throwIfCancelled(token);
        hash.update(chunk);
        bytes += chunk.length;
      }
    }
    return new ImportSource(path, names, bytes, hash.digest('hex'));
  }

  async *files(onBytes: (bytes: number) => void): AsyncIterable<SourceFile> {
    for (const name of this.names) {
      const path = join(this.path, name);
      yield { path, name: name === '' ? basename(path) : name, open: () => counted(read(path), onBytes) };
    }
  }
}

async function filesBelow(folder: string, endings: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && endings.includes(extname(entry.name).toLowerCase()))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).split(/[\\/]/).filter(Boolean).join('/'));
  if (names.length > mostFiles) {
    throw new VideoChatError(ErrorCode.FormatInvalid, phrase`${folder} has more than ${mostFiles} files.`, { subject: folder });
  }
  return names.sort();
}

async function* read(path: string): AsyncIterable<Buffer> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  let failure: Error | undefined;
  stream.once('error', (error) => (failure = error));
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    if (!failure) {
      throw error;
    }
    throw new VideoChatError(ErrorCode.FormatInvalid, phrase`${path} cannot be read: ${failure.message}`, { hint: 'Check the path.', subject: path });
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}
