import { type CancellationToken, throwIfCancelled } from './cancellation.js';
import { untilCancelled } from './untilCancelled.js';

/** Who waits: a client, and one of its conversations. */
export interface Lane {
  client: string;
  chat: string;
}

type Waiting = () => void;

/** A ring of named lines of waiting things; the next thing is taken from each line in turn. */
class Ring<T> {
  private readonly lines = new Map<string, T>();

  line(name: string, create: () => T): T {
    let line = this.lines.get(name);
    if (line === undefined) {
      line = create();
      this.lines.set(name, line);
    }
    return line;
  }

  /** Takes from the first line and moves that line to the end, or drops it when it is empty. */
  take<R>(takeFrom: (line: T) => R, isEmpty: (line: T) => boolean): R | undefined {
    for (const [name, line] of this.lines) {
      this.lines.delete(name);
      if (isEmpty(line)) {
        continue;
      }
      const taken = takeFrom(line);
      if (!isEmpty(line)) {
        this.lines.set(name, line);
      }
      return taken;
    }
    return undefined;
  }

  every(test: (line: T) => boolean): boolean {
    return [...this.lines.values()].every(test);
  }
}

const isIdle = (line: Waiting[]): boolean => line.length === 0;

/**
 * Runs a few tasks at a time, one if not told otherwise. Tasks of one conversation start in their order; conversations of one client
 * take turns, and so do clients, so that a batch of thousands delays a chat by one task at most.
 */
export class FairQueue {
  private readonly clients = new Ring<Ring<Waiting[]>>();
  private running = 0;
  private count = 0;

  constructor(private readonly width = 1) {}

  /** Tasks that wait, the running one not counted. */
  get waiting(): number {
    return this.count;
  }

  /** True if a task that came now would have to wait. */
  get busy(): boolean {
    return this.running >= this.width;
  }

  /**
   * Runs the task when it is its turn.
   * @param onWait called once if the task cannot start at once
   * @throws VideoChatError RequestCancelled if the token is cancelled before the task starts
   */
  async run<T>(lane: Lane, task: () => Promise<T>, token?: CancellationToken, onWait?: () => void): Promise<T> {
    throwIfCancelled(token);
    if (this.busy) {
      onWait?.();
      await this.turn(lane, token);
    } else {
      this.running++;
    }
    try {
      return await task();
    } finally {
      this.next();
    }
  }

  /** Waits until the queue is handed over to this lane. */
  private async turn(lane: Lane, token?: CancellationToken): Promise<void> {
    const line = this.clients.line(lane.client, () => new Ring<Waiting[]>()).line(lane.chat, () => []);
    let start: Waiting = () => undefined;
    const started = new Promise<void>((resolve) => (start = resolve));
    line.push(start);
    this.count++;
    try {
      await untilCancelled(started, token);
    } catch (error) {
      const position = line.indexOf(start);
      if (position >= 0) {
        line.splice(position, 1);
        this.count--;
      } else {
        // Its turn had come in the same moment: pass it on.
        this.next();
      }
      throw error;
    }
  }

  private next(): void {
    const start = this.clients.take(
      (client) => client.take((line) => line.shift(), isIdle),
      (client) => client.every(isIdle),
    );
    if (start) {
      this.count--;
      start();
    } else {
      this.running--;
    }
  }
}
