import type { Disposable } from '../server/common/dispose.js';

/** A part of the extension that is loaded when it is first needed, and then kept. */
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

  dispose(): void {
    void this.part?.then(
      (part) => part.dispose(),
      () => undefined,
    );
  }
}
