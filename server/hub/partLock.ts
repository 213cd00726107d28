import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { writingModels } from './hubErrors.js';
import { OwnedLock } from './ownedLock.js';

const waitingMs = 300;

interface Turn {
  token?: CancellationToken | undefined;
  /** Somebody else fetches it. */
  onProgress(progress: { stage: 'waiting'; here: number }): void;
}

/** The right to fetch a part; waits while somebody else does. @throws VideoChatError ModelNotWritten, RequestCancelled */
export async function waitForTurn(part: string, { token, onProgress }: Turn): Promise<OwnedLock> {
  for (;;) {
    throwIfCancelled(token);
    const lock = await writingModels(part, () => OwnedLock.take(lockPath(part)));
    if (lock) {
      return lock;
    }
    const here = await stat(part).then(({ size }) => size, () => 0);
    onProgress({ stage: 'waiting', here });
    await pause(waitingMs);
  }
}

/** Who fetches a part has it. */
export function lockPath(part: string): string {
  return `${part}.lock`;
}
