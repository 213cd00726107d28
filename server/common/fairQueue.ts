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
  /** The line that was served last; it comes after all others. */
  last: string | undefined;

  constructor(private readonly isEmpty: (line: T) => boolean) {}

  line(name: string, create: () => T): T {
    let line = this.lines.get(name);
    if (line === undefined) {
      line = create();
      this.lines.set(name, line);
    }
    return line;
  }

  get empty(): boolean {
    return this.nextName() === undefined;
  }

  take<R>(takeFrom: (line: T) => R): R | undefined {
    const name = this.nextName();
    const line = name === undefined ? undefined : this.lines.get(name);
    if (name === undefined || line === undefined) {
      return undefined;
    }
    const taken = takeFrom(line);
    this.last = name;
    this.lines.delete(name);
    if (!this.isEmpty(line)) {
      this.lines.set(name, line);
    }
    return taken;
  }

  private nextName(): string | undefined {
    let onlyLast: string | undefined;
    for (const [name, line] of this.lines) {
      if (this.isEmpty(line)) {
        this.lines.delete(name);
      } else if (name !== this.last) {
        return name;
      } else {
        onlyLast = name;
      }
    }
    return onlyLast;
  }
}

type Line = Waiting[];
type Client = Ring<Line>;

/**
 * Runs a few tasks at a time, one if not told otherwise. Tasks of one conversation start in their order; conversations of one client
 * take turns, and so do clients, so that a batch of thousands delays a chat by one task at most.
 */
export class FairQueue {
  private readonly clients = new Ring<Client>((client) => client.empty);
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
      this.clients.last = lane.client;
    }
    try {
      return await task();
    } finally {
      this.next();
    }
  }

  /** Waits until the queue is handed over to this lane. */
  private async turn(lane: Lane, token?: CancellationToken): Promise<void> {
    const newClient = (): Client => new Ring<Line>((line) => line.length === 0);
    const line = this.clients.line(lane.client, newClient).line(lane.chat, () => []);
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
    const start = this.clients.take((client) => client.take((line) => line.shift()));
    if (start) {
      this.count--;
      start();
    } else {
      this.running--;
    }
  }
}
