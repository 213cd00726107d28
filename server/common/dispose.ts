/** Something that owns a resource. `dispose` may be called more than once. */
export interface Disposable {
  dispose(): void | Promise<void>;
}

/** Disposes what was added, newest first; what is added after disposal is disposed at once. */
export class DisposableStore implements Disposable {
  private readonly items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) {
      void item.dispose();
    } else {
      this.items.push(item);
    }
    return item;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    for (let item = this.items.pop(); item; item = this.items.pop()) {
      await item.dispose();
    }
  }
}
