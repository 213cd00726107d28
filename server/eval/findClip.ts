import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** Endings that are tried where a dataset names clips without one. */
const endings = ['', '.mp4', '.mkv', '.webm', '.avi', '.mov'];

/**
 * The file of a clip that a dataset names.
 *
 * @throws VideoChatError VideoNotFound where there is none, or where the name leads out of the folder
 */
export async function findClip(folder: string, name: string): Promise<string> {
  const root = path.resolve(folder);
  const wanted = path.resolve(root, name);
  if (!name.includes('\0') && wanted.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
    for (const ending of endings) {
      const found = await stat(wanted + ending).catch(() => undefined);
      if (found?.isFile()) {
        return wanted + ending;
      }
    }
  }
  throw new VideoChatError(ErrorCode.VideoNotFound, phrase`There is no clip "${name}" in ${folder}.`, { hint: 'Name the folder of the clips.', subject: name });
}
