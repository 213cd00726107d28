import { ErrorCode, VideoChatError } from '../protocol/index.js';

/** Runs tasks one after another in the order they came; closing lets the running one end first. */
export class TaskQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  get closed(): boolean {
    return this.isClosed;
  }

  /** @throws ModelLoadFailed if the queue is closed before the task's turn */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(() => {
      if (this.isClosed) {
        throw new VideoChatError(ErrorCode.ModelLoadFailed, 'The language model was unloaded.', {
          hint: 'Load the model again.',
        });
      }
      return task();
    });
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Refuses what waits, and resolves when the running task has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.tail;
  }
}
