import type { Disposable } from '../common/dispose.js';

/** Who is told about Ctrl-C: the newest handler, nobody else. */
export class Interrupts implements Disposable {
  private readonly handlers: (() => void)[] = [];

  constructor(private readonly emitter: NodeJS.EventEmitter = process) {
    emitter.on('SIGINT', this.fire);
  }

  /** Ctrl-C was pressed. Also called by readline, which sees the key itself on a raw terminal. */
  readonly fire = (): void => {
    this.handlers.at(-1)?.();
  };

  push(handler: () => void): Disposable {
    this.handlers.push(handler);
    return {
      dispose: () => {
        const at = this.handlers.lastIndexOf(handler);
        if (at >= 0) {
          this.handlers.splice(at, 1);
        }
      },
    };
  }

  /** Runs `work` with a signal that Ctrl-C aborts; `again` is what a further Ctrl-C does. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, again?: () => void): Promise<T> {
    const controller = new AbortController();
    const handle = this.push(() => {
      if (controller.signal.aborted) {
        again?.();
      }
      controller.abort();
    });
    try {
      return await work(controller.signal);
    } finally {
      void handle.dispose();
    }
  }

  dispose(): void {
    this.handlers.length = 0;
    this.emitter.off('SIGINT', this.fire);
  }
}
