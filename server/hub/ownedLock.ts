import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';
import { isAlive } from '../common/isAlive.js';

const ownerSchema = z.object({ id: z.string(), pid: z.int(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** The owner says so often that it is still there; who has been silent for longer than the second is gone. */
const signOfLifeMs = 5_000;
const silentMs = 30_000;

/** The right to write a file, among all processes that ask this way. */
export class OwnedLock {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly owner: Owner,
  ) {
    this.timer = setInterval(() => void this.sign(), signOfLifeMs);
    this.timer.unref();
  }

  /** Undefined while somebody else has it. What a process has left behind that is gone is taken over. */
  static async take(path: string): Promise<OwnedLock | undefined> {
    const owner: Owner = { id: randomUUID(), pid: process.pid, host: hostname() };
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
        return new OwnedLock(path, owner);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'EEXIST' && !(code === 'EPERM' && process.platform === 'win32')) {
          throw error;
        }
      }
      if (!(await removeStale(path))) {
        return undefined;
      }
    }
    return undefined;
  }

  /** False once somebody has taken it over: what this process does then is not wanted any more. */
  async isOurs(): Promise<boolean> {
    return (await readOwner(this.path))?.id === this.owner.id;
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    if (await this.isOurs()) {
      await rm(this.path, { force: true }).catch(() => undefined);
    }
  }

  private async sign(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
  }
}

/** Whether somebody has a lock now. */
export async function isLocked(path: string): Promise<boolean> {
  return (await stateOf(path)) === 'held';
}

async function stateOf(path: string): Promise<'free' | 'held' | 'stale'> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) {
    return 'free';
  }
  const owner = await readOwner(path);
  const isSilent = Date.now() - facts.mtimeMs > silentMs;
  if (!owner) {
    // It is being written, or whoever wrote it died over it.
    return isSilent ? 'stale' : 'held';
  }
  return isSilent || (owner.host === hostname() && !isAlive(owner.pid)) ? 'stale' : 'held';
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** @returns whether it is worth trying again */
async function removeStale(path: string): Promise<boolean> {
  const state = await stateOf(path);
  if (state !== 'stale') {
    return state === 'free';
  }
  const stale = await readOwner(path);
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  // Another process may have been quicker: then this is its lock, and it gets it back.
  if ((await readOwner(aside))?.id !== stale?.id) {
    await link(aside, path).catch(() => undefined);
  }
  await rm(aside, { force: true }).catch(() => undefined);
  return true;
}
