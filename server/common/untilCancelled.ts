import { type CancellationToken, throwIfCancelled } from './cancellation.js';

/**
 * Waits for a promise, but no longer than until the token is cancelled.
 * The work behind the promise goes on: only this caller stops waiting for it.
 * @throws VideoChatError RequestCancelled
 */
export async function untilCancelled<T>(work: Promise<T>, token?: CancellationToken): Promise<T> {
  if (!token) {
    return work;
  }
  let stop: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (stop = resolve));
  const subscription = token.onCancellationRequested(() => stop());
  if (token.isCancellationRequested) {
    stop();
  }
  work.catch(() => undefined);
  try {
    return await Promise.race([
      work,
      cancelled.then(() => {
        throwIfCancelled(token);
        throw new Error('unreachable');
      }),
    ]);
  } finally {
    subscription.dispose();
  }
}
