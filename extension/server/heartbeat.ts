import type { Disposable } from '../../server/common/dispose.js';
import type { Clock } from './clock.js';

/** How often a busy server is asked, in milliseconds. */
export const beatMs = 10_000;

/** How many beats in a row may pass without an answer. A machine that slept wakes up to one late beat, not to many. */
const missesAllowed = 3;

export interface HeartbeatOptions {
  clock: Clock;
  /** Whether anybody waits for the server; the heartbeat's own request does not count. */
  isBusy(): boolean;
  /** Asks the server for a sign of life. An error is one, too. */
  ask(): Promise<unknown>;
  /** Called once: the server's event loop has answered nothing for half a minute. */
  onHung(): void;
}

/**
 * Notices a server that hangs. Long native work does not: it runs beside the server's event loop, which goes on
 * answering. Beats are counted, not milliseconds, so that a suspended machine or a busy editor is no alarm.
 */
export class Heartbeat implements Disposable {
  private readonly timer: Disposable;
  private waiting = false;
  private misses = 0;

  constructor(private readonly options: HeartbeatOptions) {
    this.timer = options.clock.every(beatMs, () => this.beat());
  }

  dispose(): void {
    void this.timer.dispose();
  }

  private beat(): void {
    if (this.waiting) {
      this.misses++;
      if (this.misses === missesAllowed) {
        this.dispose();
        this.options.onHung();
      }
      return;
    }
    if (this.options.isBusy()) {
      void this.ask();
    }
  }

  private async ask(): Promise<void> {
    this.waiting = true;
    this.misses = 0;
    try {
      await this.options.ask();
    } catch {
      // An answer all the same, or the connection is gone, which others notice.
    }
    this.waiting = false;
  }
}
