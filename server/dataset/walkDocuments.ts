import { type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { annotationSuffix } from '../protocol/index.js';
import type { DatasetFolder } from './datasetFolder.js';

export interface FoundDocument {
  /** Absolute. */
  path: string;
  /** Its clip below the media root, with `/`. */
  clip: string;
}

/** Folders that hold no documents. */
export const skippedFolders: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** All annotation documents of a dataset, by path. Links are not followed. */
export async function* walkDocuments(dataset: DatasetFolder): AsyncIterable<FoundDocument> {
  const seen = new Set<string>();
  for (const root of dataset.documentRoots) {
    yield* walk(root, '', seen);
  }
}

async function* walk(root: string, folder: string, seen: Set<string>): AsyncIterable<FoundDocument> {
  const path = join(root, folder);
  if (seen.has(path)) {
    return;
  }
  seen.add(path);
  const entries = await readdir(path, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !skippedFolders.has(entry.name.toLowerCase())) {
      yield* walk(root, name, seen);
    } else if (entry.isFile() && entry.name.endsWith(annotationSuffix)) {
      yield { path: join(root, name), clip: name.slice(0, -annotationSuffix.length) };
    }
  }
}
