import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { checkWritable } from '../../dataset/atomicFile.js';
import { pathBelow } from '../../dataset/datasetFolder.js';
import { writing } from '../../dataset/writing.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';

/**
 * Proves, before a model is asked for minutes, that a document may be written: its folder, as far as it exists, really
 * lies below one of others, whatever links there are, and neither it nor the document is write-protected.
 *
 * @throws VideoChatError AnnotationsNotWritten
 */
export async function checkPlace(documentPath: string, bases: readonly string[]): Promise<void> {
  const folder = dirname(documentPath);
  const [real, ...roots] = await Promise.all([existing(folder), ...bases.map((base) => realpath(base).catch(() => undefined))]);
  if (real === undefined || !roots.some((root) => root !== undefined && pathBelow(root, real) !== undefined)) {
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${folder} leads out of the dataset.`, {
      hint: 'Put a folder in the place of the link.',
      subject: folder,
    });
  }
  await writing(documentPath, async () => {
    if (!(await stat(real)).isDirectory()) {
      throw new Error(`ENOTDIR: not a directory, '${real}'`);
    }
    await access(real, constants.W_OK);
  });
  await checkWritable(documentPath);
}

/** Where a folder really lies; if it does not exist, where it would be made. */
async function existing(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch {
    return folder === dirname(folder) ? undefined : existing(dirname(folder));
  }
}
