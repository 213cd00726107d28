import type { Phrase } from '../../protocol/index.js';

/** A pickle that is broken, or that holds more than plain data. */
export class PickleError extends Error {
  constructor(
    readonly expected: string | Phrase,
    /** In the file. */
    readonly offset: number,
  ) {
    super(`expected ${expected} at byte ${offset}`);
  }
}
