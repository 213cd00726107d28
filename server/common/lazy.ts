import type { Disposable } from './dispose.js';

/** What is loaded when it is first needed, and then kept. */
export class Lazy<T extends Disposable> implements Disposable {
  private part: Promise<T> | undefined;

  constructor(private readonly load: () => Promise<T>) {}

  /** @throws what `load` throws; the next call tries anew */
  get(): Promise<T> {
    if (!this.part) {
      this.part = this.load();
      this.part.catch(() => (this.part = undefined));
    }
    return this.part;
  }

  /** Waits for what is being loaded, too. */
  dispose(): Promise<void> | undefined {
    return this.part?.then(
      (part) => part.dispose(),
      () => undefined,
    );
  }
}
