import type { CancellationToken } from './cancellation.js';
import { SharedTask } from './sharedTask.js';

type Run<Result, Progress> = (report: (value: Progress) => void, token: CancellationToken) => Promise<Result>;

/** Shared work by what it makes: whoever asks for the same while it is made waits for the one run of it. */
export class SharedTasks<Result, Progress = never> {
  private readonly running = new Map<string, SharedTask<Result, Progress>>();

  /** Whether {@link join} would wait for a run that has begun. */
  has(key: string): boolean {
    return this.running.get(key)?.abandoned === false;
  }

  /**
   * Waits for the run of that key, and begins it where there is none, or where nobody waits for it any more.
   *
   * @param token ends only this wait
   */
  join(key: string, run: Run<Result, Progress>, token?: CancellationToken, onProgress?: (value: Progress) => void): Promise<Result> {
    let task = this.running.get(key);
    if (!task || task.abandoned) {
      const begun = new SharedTask<Result, Progress>((report, shared) =>
        run(report, shared).finally(() => {
          if (this.running.get(key) === begun) {
            this.running.delete(key);
          }
        }),
      );
      this.running.set(key, begun);
      task = begun;
    }
    return task.join(token, onProgress);
  }
}
