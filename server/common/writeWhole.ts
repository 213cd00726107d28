import { randomUUID } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';

/**
 * Writes a file whole or not at all: one that is there stays as it was until the new one is whole.
 *
 * @throws Error of the file system; nothing is left behind
 */
export function writeWhole(path: string, text: string): Promise<void> {
  return writeBeside(path, text, (temporary) => rename(temporary, path));
}

/**
 * Writes a text to a file beside its place, which is removed at the end if it is still there.
 *
 * @param place brings it to its place
 * @throws Error of the file system, and what `place` throws
 */
export async function writeBeside<Result>(path: string, text: string, place: (temporary: string) => Promise<Result>): Promise<Result> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    return await place(temporary);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}
