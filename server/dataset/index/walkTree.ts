import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Breath } from '../breathe.js';

const skippedFolders = new Set(['node_modules', '.git']);

/** A file below a folder. */
export interface FoundFile {
  /** Below the folder, with `/`. */
  name: string;
  /** A symbolic link; what it leads to is not known. */
  isLink: boolean;
}

/**
 * Tells of all files below a folder, in no order. Links to folders are not followed, so that nothing goes in circles or
 * leads out; what cannot be read is passed over.
 *
 * @param seen folders that have been walked, absolute; grows
 * @throws VideoChatError RequestCancelled
 */
export async function walkTree(root: string, seen: Set<string>, breath: Breath, take: (file: FoundFile) => void): Promise<void> {
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    await breath.take();
    const path = join(root, folder);
    if (seen.has(path)) {
      continue;
    }
    seen.add(path);
    for (const entry of entriesOf(path)) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) {
          waiting.push(name);
        }
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
