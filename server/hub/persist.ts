import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled, toAbortSignal } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { PassingTrouble } from './hubErrors.js';
import { setTimeout as pause } from 'node:timers/promises';

/** Attempts in a row that brought nothing. */
const mostAttempts = 6;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Who wants to be left alone for longer is not waited for. */
const longestWaitMs = 120_000;

/**
 * Tries something again while only passing trouble is in the way: longer and longer after the last time, and as late as the
 * server wants it. An attempt that brought something begins the count anew.
 *
 * @param subject what it is about, for people
 * @param progress a number that grows when something was brought
 * @param giveUp what a person is told in the end
 * @throws VideoChatError DownloadFailed, HubBusy, RequestCancelled, and what the attempt throws
 */
export async function persist<Result>(subject: string, attempt: () => Promise<Result>, progress: () => number, token?: CancellationToken, giveUp = hubGivenUp): Promise<Result> {
  for (let failures = 0; ; ) {
    const before = progress();
    try {
      return await attempt();
    } catch (error) {
      throwIfCancelled(token);
      if (!(error instanceof PassingTrouble)) {
        throw error;
      }
      const brought = progress() > before;
      failures = brought ? 1 : failures + 1;
      if (failures >= mostAttempts || (error.waitMs ?? 0) > longestWaitMs) {
        throw giveUp(subject, error);
      }
      const backoff = brought ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
      await wait(error.waitMs ?? backoff, token);
    }
  }
}

function hubGivenUp(subject: string, { busy, reason, waitMs }: PassingTrouble): VideoChatError {
  if (busy) {
    const minutes = Math.ceil((waitMs ?? 60_000) / 60_000);
    return new VideoChatError(ErrorCode.HubBusy, phrase`The hub wants fewer requests; it gives nothing of ${subject} now.`, {
      hint: phrase`Go on in about ${minutes} minutes; what has come is kept. With a token, the hub allows more.`,
      subject,
    });
  }
  return new VideoChatError(ErrorCode.DownloadFailed, phrase`${subject} could not be fetched: ${reason}.`, {
    hint: 'Look at the network and the proxy settings, then go on: what has come is kept. HF_ENDPOINT may name a mirror.',
    subject,
  });
}

async function wait(milliseconds: number, token?: CancellationToken): Promise<void> {
  const { signal, dispose } = toAbortSignal(token);
  try {
    await pause(milliseconds, undefined, { signal }).catch(() => throwIfCancelled(token));
  } finally {
    dispose();
  }
}
