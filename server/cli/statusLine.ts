import { printable } from './printable.js';
import { styled, type Terminal } from './terminal.js';

/**
 * One line on stderr that is rewritten in place while something runs. Off a terminal it prints nothing,
 * or with `verbose` each new stage once, without its counts.
 */
export class StatusLine {
  private shown = '';

  constructor(
    private readonly terminal: Terminal,
    private readonly verbose = false,
  ) {}

  /** @param count what changes within the stage, e.g. ` 3/8` */
  show(stage: string, count = ''): void {
    const onTerminal = this.terminal.err.isTTY;
    const line = printable(onTerminal ? `${stage}${count} …` : `${stage} …`).replaceAll('\n', ' ');
    if (line === this.shown) {
      return;
    }
    this.shown = line;
    if (onTerminal) {
      const width = (this.terminal.err.columns ?? 80) - 1;
      this.terminal.err.write(`\r\u001b[K${styled(this.terminal, 'dim', line.slice(0, width))}`);
    } else if (this.verbose) {
      this.terminal.err.write(`${line}\n`);
    }
  }

  /** Takes the line away; must be called before anything else is written. */
  clear(): void {
    if (this.shown && this.terminal.err.isTTY) {
      this.terminal.err.write('\r\u001b[K');
    }
    this.shown = '';
  }
}
