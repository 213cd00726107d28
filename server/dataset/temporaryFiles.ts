import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../common/isAlive.js';
import { writing } from './writing.js';

/** Folders may be shared by machines, each of which has process ids of its own. */
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 4);
const pattern = /\.(\d+)\.([0-9a-f]{4})[0-9a-f]{8}\.tmp$/;
/** Of {@link lockPath}. */
const lockEnding = '.json.lock.tmp';
/** What another machine writes is left alone for so long. */
const foreignMs = 60 * 60_000;

/** A name that no document, clip or export has, beside the file's own, and that says who writes there. */
export function temporaryPath(path: string): string {
  return `${path}.${process.pid}.${host}${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * A folder for what does not fit in memory. Those of killed processes are removed.
 *
 * @throws VideoChatError AnnotationsNotWritten, DiskFull
 */
export async function temporaryFolder(): Promise<string> {
  await removeStale(tmpdir());
  const path = temporaryPath(join(tmpdir(), 'videochat-dataset-heaps'));
  await writing(path, () => mkdir(path, { mode: 0o700 }));
  return path;
}

/**
 * Removes what writing left in a folder when its process was killed: at once where it ran on this machine, else an hour
 * later. Folders that were filled beside others are removed with all that is in them. Never throws.
 */
export async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch((): string[] => [])) {
    const [, pid, machine] = pattern.exec(name) ?? [];
    const path = join(folder, name);
    if (pid === undefined && !name.endsWith(lockEnding)) {
      continue;
    }
    const isOver = pid !== undefined && machine === host ? !isAlive(Number(pid)) : Date.now() - (await changedMs(path)) > foreignMs;
    if (isOver) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

async function changedMs(path: string): Promise<number> {
  return stat(path).then(({ mtimeMs }) => mtimeMs, () => Infinity);
}
