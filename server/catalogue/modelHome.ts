import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueRecord } from './catalogueSchema.js';

/** Where models are kept that were fetched or taken in: a folder of models like any other. */
export function modelsHome(cacheFolder: string): string {
  return join(cacheFolder, 'models');
}

/** Folders of models without that one as long as it is not there: before the first download, that is nothing to warn of. */
export function presentFolders(modelFolders: readonly string[], cacheFolder: string): string[] {
  const home = modelsHome(cacheFolder);
  return modelFolders.filter((folder) => folder !== home || existsSync(home));
}

/** The folder of an entry. Original files are no model: nobody looks for one there. */
export function entryFolder(home: string, { id, runs, install }: Pick<CatalogueRecord, 'id' | 'runs' | 'install'>): string {
  if (runs === 'export') {
    return join(home, '.originals', id);
  }
  return install?.as === 'perception' ? join(home, 'perception', id) : join(home, id);
}

/** Where models are put together; none is looked for there. */
export function stagingFolder(home: string): string {
  return join(home, '.staging');
}
