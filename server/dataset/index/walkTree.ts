import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Breath } from '../breathe.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { ownEntries } from '../ownEntries.js';

/** A file below a folder. */
export interface FoundFile {
  /** Below the folder, with `/`. */
  name: string;
  /** A symbolic link; what it leads to is not known. */
  isLink: boolean;
}

export interface Walk {
  dataset: DatasetFolder;
  /** Absolute. */
  root: string;
  /** Folders that have been walked, absolute; grows. */
  seen: Set<string>;
  breath: Breath;
  take(file: FoundFile): void;
  /** Is told of folders inside that are datasets of their own, absolute. */
  other?(folder: string): void;
}

/**
 * Tells of all files of a dataset below one of its roots, in no order. Links to folders are not followed, so that
 * nothing goes in circles or leads out; what cannot be read is passed over.
 *
 * @throws VideoChatError RequestCancelled
 */
export async function walkTree({ dataset, root, seen, breath, take, other }: Walk): Promise<void> {
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await breath.take();
    const path = join(root, folder);
    if (seen.has(path)) {
      continue;
    }
    seen.add(path);
    const entries = ownEntries(dataset, path, entriesOf(path));
    if (!entries) {
      other?.(path);
      continue;
    }
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        waiting.push(name);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        take({ name, isLink: !entry.isFile() });
      }
    }
  }
}

/** Not awaited: a thread of its own waits faster than a queue of a hundred thousand promises. */
function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
