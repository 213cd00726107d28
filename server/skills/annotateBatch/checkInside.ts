import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathBelow } from '../../dataset/datasetFolder.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';

/**
 * Proves that a folder, as far as it exists, really lies below one of others: links in a dataset lead nowhere else.
 *
 * @throws VideoChatError AnnotationsNotWritten
 */
export async function checkInside(folder: string, bases: readonly string[]): Promise<void> {
  const [real, ...roots] = await Promise.all([existing(folder), ...bases.map((base) => realpath(base).catch(() => undefined))]);
  if (!roots.some((root) => root !== undefined && real !== undefined && pathBelow(root, real) !== undefined)) {
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${folder} leads out of the dataset.`, {
      hint: 'Put a folder in the place of the link.',
      subject: folder,
    });
  }
}

/** Where a folder really lies; if it does not exist, where it would be made. */
async function existing(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder);
  } catch {
    return folder === dirname(folder) ? undefined : existing(dirname(folder));
  }
}
