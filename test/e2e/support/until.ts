import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `look` finds something.
 *
 * @param what named in the error
 * @throws Error if it has found nothing for `milliseconds`
 */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  milliseconds = 60_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${milliseconds / 1000} s for ${what}.`);
    }
    await sleep(50);
  }
}
