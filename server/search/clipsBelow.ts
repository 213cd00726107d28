import { pathBelow } from '../dataset/datasetFolder.js';
import { folderMark } from './marks.js';
import type { Ask } from './searchDatabase.js';

/** Clips below folders; all where none are named. */
export function countClips(ask: Ask, folders: readonly string[] | undefined): number {
  const [row] = folders ? ask('select count(*) n from clip_words where clip_words match ?', [marksOf(folders)]) : ask('select count(*) n from clip', []);
  return Number(row?.['n'] ?? 0);
}

/** Contents of the clips below folders, as far as their pictures were seen. */
export function contentsBelow(ask: Ask, folders: readonly string[]): Set<string> {
  const rows = ask('select c.content from clip_words w join clip c on c.id = w.rowid where clip_words match ? and c.content is not null', [marksOf(folders)]);
  return new Set(rows.map(({ content }) => String(content)));
}

/** Where a content lies: copies of a clip are several. */
export function pathsOf(ask: Ask, content: string, folders: readonly string[] | undefined): string[] {
  const paths = ask('select path from clip where content = ? order by path', [content]).map(({ path }) => String(path));
  return paths.filter((path) => folders === undefined || folders.some((folder) => pathBelow(folder, path) !== undefined));
}

function marksOf(folders: readonly string[]): string {
  return folders.map((folder) => `folders : "${folderMark(folder)}"`).join(' OR ');
}
