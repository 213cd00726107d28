import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);
const denied: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Says as a typed error that something could not be written, and what to do about it.
 *
 * @throws VideoChatError DiskFull, AnnotationsNotWritten
 */
export async function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof VideoChatError ? error : notWritten(path, error);
  }
}

/** What stands in the place of an error of the file system. */
export function notWritten(path: string, error: unknown): VideoChatError {
  const { code } = error as NodeJS.ErrnoException;
  if (full.has(code)) {
    return new VideoChatError(ErrorCode.DiskFull, phrase`There is no room left on the disk for ${path}.`, {
      hint: 'Make room on the disk, then do it again: nothing is done twice.',
      subject: path,
    });
  }
  if (denied.has(code)) {
    return new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${path} is read-only, or the folder that it is in.`, {
      hint: 'Allow writing there or choose another place, then do it again: nothing is done twice.',
      subject: path,
    });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${path} could not be written: ${why}`, {
    hint: 'Check that there is room on the disk and that the folder may be written to, then do it again: nothing is done twice.',
    subject: path,
  });
}
