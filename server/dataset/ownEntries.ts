import type { Dirent } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetFileName } from '../protocol/index.js';
import type { DatasetFolder } from './datasetFolder.js';

/** Folders that hold neither clips nor documents, in lower case. */
export const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * What of a folder belongs to a dataset; every walk over a dataset asks here. A folder with a manifest is a dataset of
 * its own: nothing in it is part of the one around it, unless that one names the folder itself as a root.
 *
 * @param folder absolute
 * @param entries all of the folder
 * @returns undefined: another dataset
 */
export function ownEntries<Entry extends Pick<Dirent, 'name' | 'isDirectory'>>(dataset: DatasetFolder, folder: string, entries: readonly Entry[]): Entry[] | undefined {
  const hasManifest = entries.some((entry) => entry.name === datasetFileName && !entry.isDirectory());
  if (hasManifest && !dataset.owns(folder)) {
    return undefined;
  }
  return entries.filter((entry) => !(entry.isDirectory() && skippedFolders.has(entry.name.toLowerCase())));
}

/** Whether a folder below a root is, or lies in, another dataset. @param below path of the folder, with `/` */
export async function liesInOther(dataset: DatasetFolder, root: string, below: string): Promise<boolean> {
  const parts = below === '' ? [] : below.split('/');
  for (const [i] of parts.entries()) {
    const folder = join(root, ...parts.slice(0, i + 1));
    const hasManifest = await lstat(join(folder, datasetFileName)).then((stats) => !stats.isDirectory(), () => false);
    if (hasManifest && !dataset.owns(folder)) {
      return true;
    }
  }
  return false;
}
