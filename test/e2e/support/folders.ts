import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** A path in the checkout's folder for things that can be made again. */
export function cachePath(...names: string[]): string {
  return path.join(repository, '.cache', ...names);
}

const made: string[] = [];
process.once('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new folder with a short name (sockets lie in it, whose paths have 107 bytes at most), gone when the tests end. */
export function shortFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vc-'));
  made.push(folder);
  return folder;
}
