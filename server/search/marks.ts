import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';

/** A word that no text has, for a folder: clips below it are found by it. */
export function folderMark(folder: string): string {
  return `\uE000${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16)}`;
}

/** A word that no text has, for a clip. */
export function clipMark(clip: number): string {
  return `\uE001${clip}`;
}

/** All folders that a file lies in. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === dirname(folder)) {
      return folders;
    }
  }
}
