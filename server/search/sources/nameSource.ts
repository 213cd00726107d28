import { basename, dirname, extname } from 'node:path';
import { wholeClip } from '../clipEntry.js';
import type { SearchSource } from '../searchSource.js';

/** A clip's own name, and that of its folder. */
export const nameSource: SearchSource = {
  name: 'name',
  stamp: async () => '1',
  read: async ({ path }) => {
    const name = basename(path, extname(path));
    const folder = basename(dirname(path));
    return [{ kind: 'name', text: folder === '' ? name : `${folder}/${name}`, source: 'name', ...wholeClip }];
  },
};
