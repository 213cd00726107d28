import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { looksLikeVideo } from '../../protocol/index.js';

/** The clips in a folder and the folders in it, by name; hidden ones are left out. Undefined for what is no folder. */
export async function findClips(folder: string): Promise<string[] | undefined> {
  const isFolder = await stat(folder).then((stats) => stats.isDirectory(), () => false);
  if (!isFolder) {
    return undefined;
  }
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const isHidden = (file: string): boolean => path.relative(folder, file).split(path.sep).some((part) => part.startsWith('.'));
  return entries
    .filter((entry) => entry.isFile() && looksLikeVideo(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !isHidden(file))
    .sort();
}
