import type { Dirent } from 'node:fs';
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
