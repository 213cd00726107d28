import { type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { annotationSuffix } from '../protocol/index.js';
import type { DatasetFolder } from './datasetFolder.js';
import { ownEntries } from './ownEntries.js';

export interface FoundDocument {
  /** Absolute. */
  path: string;
  /** Its clip below the media root, with `/`. */
  clip: string;
}

/**
 * All annotation documents of a dataset, by path. Links are not followed.
 *
 * @param other is told of folders inside that are datasets of their own, absolute
 */
export async function* walkDocuments(dataset: DatasetFolder, other: (folder: string) => void = () => undefined): AsyncIterable<FoundDocument> {
  const seen = new Set<string>();
  for (const root of dataset.documentRoots) {
    yield* walk(root, '');
  }

  async function* walk(root: string, folder: string): AsyncIterable<FoundDocument> {
    const path = join(root, folder);
    if (seen.has(path)) {
      return;
    }
    seen.add(path);
    const entries = ownEntries(dataset, path, await readdir(path, { withFileTypes: true }).catch((): Dirent[] => []));
    if (!entries) {
      other(path);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        yield* walk(root, name);
      } else if (entry.isFile() && entry.name.endsWith(annotationSuffix)) {
        yield { path: join(root, name), clip: name.slice(0, -annotationSuffix.length) };
      }
    }
  }
}
