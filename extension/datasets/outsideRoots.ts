import { opendir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { DatasetManifest } from '../../server/protocol/index.js';

/** Each has a watcher of its own. */
const mostRoots = 16;
const mostFolders = 5000;
const mostEntries = 300_000;

/**
 * Folders of a dataset that lie outside its own, absolute: of clips, and of documents. None lies in another.
 *
 * @param folder of the dataset, absolute
 */
export function outsideRoots(folder: string, { media = [], annotations }: Pick<DatasetManifest, 'media' | 'annotations'>): string[] {
  const named = [...media, ...(annotations === undefined ? [] : [annotations])].map((root) => resolve(folder, root));
  const outside = [...new Set(named)].filter((root) => !isIn(folder, root));
  return outside.filter((root) => !outside.some((other) => other !== root && isIn(other, root))).slice(0, mostRoots);
}

/** Whether a folder is there, and not so large that watching it would cost more than looking at it again by hand. */
export async function canWatch(root: string, { folders = mostFolders, entries = mostEntries } = {}): Promise<boolean> {
  if (dirname(root) === root || isIn(root, homedir())) {
    return false;
  }
  if (!(await stat(root).then((stats) => stats.isDirectory(), () => false))) {
    return false;
  }
  const waiting = [root];
  for (let folder = waiting.pop(), seen = 1, met = 0; folder !== undefined; folder = waiting.pop()) {
    const listing = await opendir(folder, { bufferSize: 256 }).catch(() => []);
    for await (const entry of listing) {
      seen += entry.isDirectory() ? 1 : 0;
      if (++met > entries || seen > folders) {
        return false;
      }
      if (entry.isDirectory()) {
        waiting.push(join(folder, entry.name));
      }
    }
  }
  return true;
}

function isIn(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}
