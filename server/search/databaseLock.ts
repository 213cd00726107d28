import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../common/isAlive.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';

const pauseMs = 4;
/** What is done under the lock takes a second at most. */
const patienceMs = 20_000;
/** A lock this old was left by a process whose number another one has now. */
const forgottenMs = 10 * 60_000;
/** Taking a dead process's lock away takes no time. */
const takingAwayMs = 10_000;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Keeps other processes away from a file, without letting this thread do anything else meanwhile. What a killed process
 * has left is known by its number, so that nobody has to wait for it.
 */
export class DatabaseLock {
  private readonly path: string;
  private held = false;

  /**
   * @param file what is locked; the lock lies beside it
   * @param owner names this thread among those of the process; see {@link releaseLock}
   */
  constructor(
    file: string,
    private readonly owner: string,
  ) {
    this.path = lockPath(file);
  }

  /** @throws VideoChatError SearchUnavailable where another process does not let go, and what the disk says */
  with<Result>(work: () => Result): Result {
    if (this.held) {
      return work();
    }
    this.take();
    try {
      return work();
    } finally {
      this.held = false;
      rmSync(this.path, { force: true });
    }
  }

  private take(): void {
    for (let waited = 0; !this.create(); waited += pauseMs) {
      if (this.isLeftBehind() && this.takeAway()) {
        continue;
      }
      if (waited >= patienceMs) {
        throw new VideoChatError(ErrorCode.SearchUnavailable, 'Another program holds the index of clips.', {
          hint: 'Try again in a moment.',
          subject: this.path,
        });
      }
      Atomics.wait(sleeper, 0, 0, pauseMs);
    }
    this.held = true;
  }

  private create(): boolean {
    try {
      const file = openSync(this.path, 'wx');
      writeSync(file, `${process.pid} ${hostname()} ${this.owner}`);
      closeSync(file);
      return true;
    } catch (error) {
      if (isTaken(error)) {
        return false;
      }
      throw error;
    }
  }

  private isLeftBehind(): boolean {
    try {
      const [pid = '', host] = readFileSync(this.path, 'utf8').split(' ');
      const age = Date.now() - statSync(this.path).mtimeMs;
      // It is empty for a moment before its owner has written into it.
      const isKnown = /^\d+$/.test(pid) && host === hostname();
      return isKnown ? !isAlive(Number(pid)) || age > forgottenMs : age > forgottenMs;
    } catch {
      return false;
    }
  }

  /** One of those who wait removes it: another one might otherwise remove the lock that the first has made since. */
  private takeAway(): boolean {
    const claim = `${this.path}.claim`;
    try {
      mkdirSync(claim);
    } catch {
      const age = Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > takingAwayMs) {
        rmSync(claim, { recursive: true, force: true });
      }
      return false;
    }
    try {
      if (this.isLeftBehind()) {
        rmSync(this.path, { force: true });
      }
      return true;
    } finally {
      rmSync(claim, { recursive: true, force: true });
    }
  }
}

/** Lets go of what a thread held when it was ended. */
export function releaseLock(file: string, owner: string): void {
  try {
    if (readFileSync(lockPath(file), 'utf8') === `${process.pid} ${hostname()} ${owner}`) {
      rmSync(lockPath(file), { force: true });
    }
  } catch {
    // It held none.
  }
}

function lockPath(file: string): string {
  return `${file}.owner`;
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  // Windows says EPERM of a file that is being removed.
  return code === 'EEXIST' || (code === 'EPERM' && process.platform === 'win32');
}
