import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** Left to others. */
const spareBytes = 8 * 1024 * 1024;

/** Room on the disk of a folder, which need not be there yet; undefined where the system does not say. */
export async function freeDiskBytes(folder: string): Promise<number | undefined> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      if (dirname(path) === path) {
        return undefined;
      }
    }
  }
}

/** @throws VideoChatError DiskFull */
export async function checkDiskSpace(folder: string, bytes: number): Promise<void> {
  const free = await freeDiskBytes(folder);
  if (free !== undefined && free < bytes + spareBytes) {
    const megabytes = (count: number): number => Math.ceil(count / 1e6);
    throw new VideoChatError(ErrorCode.DiskFull, phrase`There are ${megabytes(bytes)} MB to fetch, but only ${megabytes(free)} MB free on the disk of ${folder}.`, {
      hint: 'Make room on the disk, or set HF_HOME and VIDEOCHAT_CACHE to folders on another one.',
      subject: folder,
    });
  }
}
