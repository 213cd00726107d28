import { pathBelow } from '../../dataset/datasetFolder.js';
import { folderMark } from '../marks.js';
import type { Ask } from '../searchDatabase.js';

/** Contents of the clips below folders, as far as their pictures were seen. */
export function contentsBelow(ask: Ask, folders: readonly string[]): Set<string> {
  const marks = folders.map((folder) => `folders : "${folderMark(folder)}"`).join(' OR ');
  const rows = ask('select c.content from clip_words w join clip c on c.id = w.rowid where clip_words match ? and c.content is not null', [marks]);
  return new Set(rows.map(({ content }) => String(content)));
}

/** Where a content lies: copies of a clip are several. */
export function pathsOf(ask: Ask, content: string, folders: readonly string[] | undefined): string[] {
  const paths = ask('select path from clip where content = ? order by path', [content]).map(({ path }) => String(path));
  return paths.filter((path) => folders === undefined || folders.some((folder) => pathBelow(folder, path) !== undefined));
}
