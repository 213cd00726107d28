import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';

const longestTurnMs = 12;

/** Lets others have their turn in work that never waits: to be called often, it seldom does anything. */
export class Breath {
  private since = performance.now();

  constructor(private readonly token?: CancellationToken) {}

  /** @throws VideoChatError RequestCancelled */
  async take(): Promise<void> {
    throwIfCancelled(this.token);
    if (performance.now() - this.since > longestTurnMs) {
      await new Promise((resolve) => setImmediate(resolve));
      throwIfCancelled(this.token);
      this.since = performance.now();
    }
  }
}
