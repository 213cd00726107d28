/** Waits before the first restart, the second, …, in milliseconds. */
const delaysMs = [500, 1000, 2000, 4000];

/** One crash more than there are delays, within this time, and the server is given up. */
const windowMs = 3 * 60 * 1000;

/** How many crashes within {@link windowMs} are too many. */
export const crashBudget = delaysMs.length + 1;

/** What to do about a crash. */
export type RestartStep = { kind: 'restart'; attempt: number; delayMs: number } | { kind: 'giveUp' };

/**
 * Decides what follows a crash: a restart after a growing delay, or an end to it at the 5th within 3 minutes.
 *
 * @param earlier times of the crashes before, in milliseconds
 * @param now time of this one
 * @returns the step, and the crashes to remember for the next call
 */
export function afterCrash(earlier: readonly number[], now: number): { crashes: number[]; step: RestartStep } {
  // Clocks are set back at times: a crash from the future counts as one of now.
  const crashes = [...earlier.map((time) => Math.min(time, now)).filter((time) => now - time <= windowMs), now];
  const delayMs = delaysMs[crashes.length - 1];
  return { crashes, step: delayMs === undefined ? { kind: 'giveUp' } : { kind: 'restart', attempt: crashes.length, delayMs } };
}
