import type { Disposable } from '../../server/common/dispose.js';

/** Who wants to hear of something, without the editor's event type. */
export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  readonly add = (listener: (value: T) => void): Disposable => {
    // Wrapped: the same function may listen twice.
    const own = (value: T): void => listener(value);
    this.all.add(own);
    return { dispose: () => void this.all.delete(own) };
  };

  tell(value: T): void {
    [...this.all].forEach((listener) => listener(value));
  }
}
