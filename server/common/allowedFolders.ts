import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** The folders whose files a client of ours may name. Links out of them lead nowhere. */
export class AllowedFolders {
  /**
   * @param given by the person who started us
   * @param named by the client; asked where nobody has given any
   */
  constructor(
    private readonly given: readonly string[],
    private readonly named: () => Promise<readonly string[]>,
  ) {}

  /** As they are on the disk, without links. Those that are not there are left out. */
  async folders(): Promise<string[]> {
    const real = await Promise.all((await this.all()).map((folder) => realpath(folder).catch(() => undefined)));
    return [...new Set(real.filter((folder) => folder !== undefined))];
  }

  /**
   * Where a file or folder lies that the client has named: absolute, as a `file:` URI, or relative to one of the folders.
   *
   * @throws VideoChatError `InvalidParams` for what is outside, `VideoNotFound` for what is not there
   */
  async locate(name: string): Promise<string> {
    const lexical = await this.all();
    const real = await this.folders();
    const candidates = candidatesOf(name, lexical);
    const inside = candidates.filter((candidate) => [...lexical, ...real].some((folder) => isBelow(folder, candidate)));
    if (inside.length === 0) {
      throw outside(name, real);
    }
    for (const candidate of inside) {
      const found = await realpath(candidate).catch(() => undefined);
      if (found !== undefined) {
        if (!real.some((folder) => isBelow(folder, found))) {
          throw outside(name, real);
        }
        return found;
      }
    }
    throw new VideoChatError(ErrorCode.VideoNotFound, 'There is no such file.', { subject: name });
  }

  private async all(): Promise<string[]> {
    const folders = this.given.length > 0 ? this.given : await this.named();
    return folders.map((folder) => path.resolve(folder));
  }
}

function candidatesOf(name: string, folders: readonly string[]): string[] {
  if (name.includes('\0')) {
    return [];
  }
  if (name.startsWith('file:')) {
    try {
      return [fileURLToPath(name)];
    } catch {
      return [];
    }
  }
  return path.isAbsolute(name) ? [path.normalize(name)] : folders.map((folder) => path.resolve(folder, name));
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function outside(name: string, folders: readonly string[]): VideoChatError {
  const hint = folders.length > 0 ? phrase`Folders that may be read: ${folders.join(', ')}.` : phrase`Start it with --root FOLDER, or let the client name its roots.`;
  return new VideoChatError(ErrorCode.InvalidParams, 'This path lies outside of the folders that may be read.', { hint, subject: name });
}
