/**
 * Waits for a promise, but no longer than until the signal aborts; then it rejects with the signal's reason.
 * The work behind the promise goes on: only this caller stops waiting for it.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) {
    return work;
  }
  let stop: () => void = () => undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      work.then(resolve, reject);
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) {
        stop();
      }
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
