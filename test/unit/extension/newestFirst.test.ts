import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { newestFirst, noteUse } from '../../../extension/files/newestFirst.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

/** Files that were changed so many seconds after 2020 began. */
async function files(times: Record<string, number>): Promise<{ fsPath: string }[]> {
  const folder = await temporaryFolder();
  return Promise.all(
    Object.entries(times).map(async ([name, seconds]) => {
      const fsPath = join(folder, name);
      await writeFile(fsPath, '');
      await utimes(fsPath, 1_577_836_800, 1_577_836_800 + seconds);
      return { fsPath };
    }),
  );
}
const names = (found: { fsPath: string }[]): string[] => found.map(({ fsPath }) => fsPath.slice(-5));

it('shows what was changed last first, and of equals keeps the order', async () => {
  expect(names(await newestFirst(await files({ 'a.mp4': 1, 'b.mp4': 3, 'c.mp4': 2, 'd.mp4': 2 })))).toEqual(['b.mp4', 'c.mp4', 'd.mp4', 'a.mp4']);
});

it('shows what was chosen last before what was changed last', async () => {
  const all = await files({ 'a.mp4': 1, 'b.mp4': 2, 'c.mp4': 3 });
  noteUse(all[0]?.fsPath ?? '');
  expect(names(await newestFirst(all))).toEqual(['a.mp4', 'c.mp4', 'b.mp4']);
});

it('keeps every file of many, those that are gone at the end', async () => {
  const all = await files(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${String(index).padStart(3, '0')}.x`, index])));
  const gone = { fsPath: join(all[0]?.fsPath ?? '', 'g.mp4') };
  expect(await newestFirst([gone, ...all])).toEqual([...all].reverse().concat(gone));
});

it('looks at no more files once nobody waits', async () => {
  const all = await files({ 'a.mp4': 1, 'b.mp4': 2 });
  expect(await newestFirst(all, () => true)).toEqual(all);
});
