import type { Disposable } from '../../server/common/dispose.js';

/** Time, so that tests can have their own. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  after(milliseconds: number, run: () => void): Disposable;
  every(milliseconds: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return { dispose: () => clearTimeout(timer) };
  },
  every(milliseconds, run) {
    const timer = setInterval(run, milliseconds);
    return { dispose: () => clearInterval(timer) };
  },
};
