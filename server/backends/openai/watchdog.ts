import type { CancellationToken } from '../../common/cancellation.js';
import type { Disposable } from '../../common/dispose.js';

/** Ends a request that says nothing for too long, or that nobody wants any more. */
export class Watchdog implements Disposable {
  private readonly controller = new AbortController();
  private readonly subscription: Disposable;
  private timer: NodeJS.Timeout | undefined;
  /** How long it said nothing, in milliseconds; undefined while it has not been ended for that. */
  timedOut: number | undefined;

  constructor(token: CancellationToken) {
    this.subscription = token.onCancellationRequested(() => this.controller.abort());
    if (token.isCancellationRequested) {
      this.controller.abort();
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** From now on it has so long. */
  expect(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timedOut = milliseconds;
      this.controller.abort();
    }, milliseconds);
  }

  dispose(): void {
    clearTimeout(this.timer);
    void this.subscription.dispose();
  }
}
