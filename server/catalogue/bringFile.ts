import { copyFile, link, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkDiskSpace } from '../hub/diskSpace.js';
import { writingModels } from '../hub/hubErrors.js';

/**
 * Puts a file into a folder without a second copy of its bytes, where the disk can do that.
 *
 * @param from the file itself, no link
 * @param path inside the folder, with forward slashes
 * @throws VideoChatError DiskFull, ModelNotWritten
 */
export async function bringFile(from: string, folder: string, path: string, bytes: number, mayPoint = false): Promise<'link' | 'copy'> {
  const to = join(folder, ...path.split('/'));
  return writingModels(to, async () => {
    await mkdir(dirname(to), { recursive: true });
    if (await succeeds(() => link(from, to))) {
      return 'link';
    }
    if (mayPoint && (await succeeds(() => symlink(from, to)))) {
      return 'link';
    }
    await checkDiskSpace(folder, bytes);
    await copyFile(from, to);
    return 'copy';
  });
}

async function succeeds(work: () => Promise<void>): Promise<boolean> {
  return work().then(
    () => true,
    () => false,
  );
}
