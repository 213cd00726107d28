import { constants } from 'node:fs';
import { access, chmod, stat } from 'node:fs/promises';

/**
 * Whether a file may be read only. The write bits count for administrators, too; the editor would let anybody change
 * the text, and ask only when it is saved. A file that does not exist is not protected.
 */
export async function isWriteProtected(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && ((stats.mode & 0o222) === 0 || !(await access(path, constants.W_OK).then(() => true, () => false)));
}

/** Lets the owner write to a file. @throws Error of the file system where that may not be changed, or did not help */
export async function removeWriteProtection(path: string): Promise<void> {
  await chmod(path, ((await stat(path)).mode & 0o777) | 0o200);
  await access(path, constants.W_OK);
}
