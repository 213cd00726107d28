import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { datasetFileName, type DatasetManifest } from '../../protocol/index.js';
import { noDataset, readDataset } from './datasetSchema.js';

/** A dataset that a file belongs to. */
export interface FoundDataset {
  /** Absolute. */
  folder: string;
  /** As it is now; without anything in it where it cannot be read. */
  manifest: DatasetManifest;
}

/** Folders above a file that are looked at. */
const mostLevels = 64;
/** Longer manifests are not read for annotators: nobody writes them by hand. */
const mostBytes = 16 * 1024 * 1024;

/** Finds the dataset that a file belongs to: the nearest manifest in a folder above it. */
export class DatasetFinder {
  private readonly read = new Map<string, { stamp: string; manifest: DatasetManifest }>();

  /** @param openText the text of a manifest that is open in the editor, saved or not */
  constructor(private readonly openText: (path: string) => string | undefined = () => undefined) {}

  async find(path: string): Promise<FoundDataset | undefined> {
    let folder = dirname(path);
    for (let level = 0; level < mostLevels; level++) {
      const manifest = await this.manifest(join(folder, datasetFileName));
      if (manifest) {
        return { folder, manifest };
      }
      const above = dirname(folder);
      if (above === folder) {
        return undefined;
      }
      folder = above;
    }
    return undefined;
  }

  private async manifest(path: string): Promise<DatasetManifest | undefined> {
    const open = this.openText(path);
    if (open !== undefined) {
      return readDataset(open).manifest ?? this.read.get(path)?.manifest ?? noDataset;
    }
    const file = await stat(path).catch(() => undefined);
    if (!file?.isFile() || file.size > mostBytes) {
      this.read.delete(path);
      return undefined;
    }
    const stamp = `${file.mtimeMs} ${file.size}`;
    const known = this.read.get(path);
    if (known?.stamp === stamp) {
      return known.manifest;
    }
    const manifest = readDataset(await readFile(path, 'utf8').catch(() => '')).manifest ?? noDataset;
    this.read.set(path, { stamp, manifest });
    return manifest;
  }
}

/** Folders with clips, absolute. */
export function mediaRoots({ folder, manifest }: FoundDataset): string[] {
  return (manifest.media ?? ['.']).map((root) => resolve(folder, root));
}
