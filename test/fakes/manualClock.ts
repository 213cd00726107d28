import type { Clock } from '../../extension/server/clock.js';

interface Timer {
  due: number;
  /** Left out: it fires once. */
  every?: number;
  run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private readonly timers = new Set<Timer>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): { dispose(): void } {
    return this.add({ due: this.time + milliseconds, run });
  }

  every(milliseconds: number, run: () => void): { dispose(): void } {
    return this.add({ due: this.time + milliseconds, every: milliseconds, run });
  }

  /** Lets time pass; what falls due meanwhile runs, in order. */
  advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.time = timer.due;
      if (timer.every === undefined) {
        this.timers.delete(timer);
      } else {
        timer.due += timer.every;
      }
      timer.run();
    }
    this.time = end;
  }

  private next(end: number): Timer | undefined {
    return [...this.timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
  }

  private add(timer: Timer): { dispose(): void } {
    this.timers.add(timer);
    return { dispose: () => void this.timers.delete(timer) };
  }
}
