import type { ChatAnswer } from '../protocol/index.js';

type Timings = ChatAnswer['timings'];
type Stage = Exclude<keyof Timings, 'firstToken' | 'total' | 'look'>;

/** Adds up what the stages of one answer took, in milliseconds. */
export class StageClock {
  private readonly spent: Record<Stage, number> = { queued: 0, load: 0, decode: 0, encode: 0, prefill: 0, generate: 0 };
  private lookMs: number | undefined;
  private firstMs: number | undefined;

  /** @param arrivedMs `performance.now()` at the arrival of the request */
  constructor(private readonly arrivedMs: number) {}

  add(stage: Stage, milliseconds: number): void {
    this.spent[stage] += milliseconds;
  }

  /** Looking through a clip; told only where there was any. */
  addLook(milliseconds: number): void {
    this.lookMs = (this.lookMs ?? 0) + milliseconds;
  }

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.add(stage, performance.now() - start);
    }
  }

  /** Call at every delta; only the first counts. */
  firstDelta(): void {
    this.firstMs ??= performance.now() - this.arrivedMs;
  }

  timings(): Timings {
    const total = performance.now() - this.arrivedMs;
    const all: Timings = { ...this.spent, ...(this.lookMs === undefined ? {} : { look: this.lookMs }), firstToken: this.firstMs ?? total, total };
    return Object.fromEntries(Object.entries(all).map(([stage, value]) => [stage, Math.round(value * 10) / 10])) as unknown as Timings;
  }
}
