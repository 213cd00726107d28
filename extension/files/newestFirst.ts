import { stat } from 'node:fs/promises';

/** Looked at together: enough to keep a disk busy, few enough not to take all of the editor's file handles. */
const atOnce = 64;

/** When files were chosen in this window, in milliseconds. */
const uses = new Map<string, number>();

/** A person has chosen this file: it comes first next time. */
export function noteUse(path: string, now = Date.now()): void {
  uses.set(path, now);
}

/**
 * Files in the order in which people look for them: what was chosen or changed last comes first. What is gone
 * meanwhile comes last; of equals the order stays.
 *
 * @param isCancelled asked now and then; the files are then left in their order
 */
export async function newestFirst<T extends { fsPath: string }>(files: readonly T[], isCancelled: () => boolean = () => false): Promise<T[]> {
  const times: number[] = [];
  for (let from = 0; from < files.length && !isCancelled(); from += atOnce) {
    times.push(...(await Promise.all(files.slice(from, from + atOnce).map(({ fsPath }) => lastTouched(fsPath)))));
  }
  return files
    .map((file, index) => ({ file, time: times[index] ?? 0 }))
    .sort((a, b) => b.time - a.time)
    .map(({ file }) => file);
}

async function lastTouched(path: string): Promise<number> {
  const modified = await stat(path).then(({ mtimeMs }) => mtimeMs, () => -Infinity);
  return modified === -Infinity ? modified : Math.max(modified, uses.get(path) ?? 0);
}
