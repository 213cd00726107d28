import cliProgress from 'cli-progress';
import type { Disposable } from '../../common/dispose.js';
import type { Terminal } from '../terminal.js';

/** A bar on stderr; nothing off a terminal. */
export class BatchProgress implements Disposable {
  private readonly bar: cliProgress.SingleBar | undefined;

  constructor(terminal: Terminal, total: number, done: number) {
    if (terminal.err.isTTY) {
      this.bar = new cliProgress.SingleBar(
        {
          format: '{bar} {value}/{total}, {failed} failed, {eta_formatted} left',
          stream: terminal.err,
          hideCursor: true,
          etaBuffer: 50,
        },
        cliProgress.Presets.rect,
      );
      this.bar.start(total, done, { failed: 0 });
    }
  }

  update(done: number, failed: number): void {
    this.bar?.update(done, { failed });
  }

  dispose(): void {
    this.bar?.stop();
  }
}
