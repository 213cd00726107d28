import { cancellationSource, type CancellationToken } from './cancellation.js';
import { untilCancelled } from './untilCancelled.js';

/**
 * One piece of work that several requests wait for, such as the load of a model. Each waiter may be
 * cancelled for itself; the work is cancelled when nobody waits for it any more.
 */
export class SharedTask<Result, Progress = never> {
  private readonly source = cancellationSource();
  private readonly listeners = new Set<(value: Progress) => void>();
  private readonly work: Promise<Result>;
  private waiters = 0;

  constructor(run: (report: (value: Progress) => void, token: CancellationToken) => Promise<Result>) {
    const report = (value: Progress): void => this.listeners.forEach((listener) => listener(value));
    this.work = run(report, this.source.token);
    this.work.catch(() => undefined);
  }

  /** True once the last waiter has gone: a newcomer must start the work anew. */
  get abandoned(): boolean {
    return this.source.token.isCancellationRequested;
  }

  /** Resolves or rejects when the work has ended, whoever waits for it. */
  async settled(): Promise<void> {
    await this.work.then(
      () => undefined,
      () => undefined,
    );
  }

  /** Waits for the result; cancelling the token ends only this wait. */
  async join(token?: CancellationToken, onProgress?: (value: Progress) => void): Promise<Result> {
    this.waiters++;
    if (onProgress) {
      this.listeners.add(onProgress);
    }
    try {
      return await untilCancelled(this.work, token);
    } finally {
      if (onProgress) {
        this.listeners.delete(onProgress);
      }
      if (--this.waiters === 0) {
        this.source.cancel();
      }
    }
  }
}
