import { open, rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const pauseMs = 5;
/** What is done under a lock takes microseconds: one that stays the same for so long was left by a killed process. */
const staleMs = 5_000;

/** How the lock of a file is called. */
export function lockPath(path: string): string {
  return `${path}.lock.tmp`;
}

/** Does something about a file while no other process that asks this way does. */
export async function locked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = lockPath(path);
  let seen: string | undefined;
  for (let waited = 0; !(await take(lock)); waited += pauseMs) {
    await pause(pauseMs);
    const now = await stat(lock, { bigint: true }).then(({ ino, mtimeNs }) => `${ino} ${mtimeNs}`, () => undefined);
    if (now !== seen) {
      [seen, waited] = [now, 0];
    } else if (waited >= staleMs) {
      await rm(lock, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true }).catch(() => undefined);
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says EPERM of a file that is being removed.
    if (code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32')) {
      return false;
    }
    throw error;
  }
}
