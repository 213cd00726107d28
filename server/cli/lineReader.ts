import { createInterface, type Interface } from 'node:readline';
import type { Disposable } from '../common/dispose.js';
import type { Terminal } from './terminal.js';

/**
 * Lines from stdin, one at a time. On a terminal with a prompt (on stderr, so that stdout holds answers only),
 * editing and history; lines typed while nobody waits are kept.
 */
export class LineReader implements Disposable {
  private readonly lines: string[] = [];
  private readonly readline: Interface;
  private waiting: ((line: string | undefined) => void) | undefined;
  private ended = false;

  constructor(
    private readonly terminal: Terminal,
    prompt: string,
    onInterrupt: () => void,
  ) {
    const interactive = Boolean(terminal.input.isTTY && terminal.err.isTTY);
    this.readline = createInterface({
      input: terminal.input,
      output: interactive ? terminal.err : undefined,
      terminal: interactive,
      prompt: interactive ? prompt : '',
      historySize: 200,
    });
    this.readline.on('line', (line) => this.take(line));
    this.readline.on('SIGINT', onInterrupt);
    this.readline.on('close', () => {
      this.ended = true;
      this.answer(undefined);
    });
  }

  /** The next line; undefined at the end of the input. */
  next(): Promise<string | undefined> {
    const line = this.lines.shift();
    if (line !== undefined || this.ended) {
      return Promise.resolve(line);
    }
    return new Promise((resolve) => {
      this.waiting = resolve;
      if (this.terminal.input.isTTY) {
        this.readline.prompt();
      }
    });
  }

  /** Drops what was typed so far; returns whether there was anything. */
  clearTyped(): boolean {
    const typed = this.readline.line.length > 0;
    if (typed) {
      this.readline.write(null, { ctrl: true, name: 'e' });
      this.readline.write(null, { ctrl: true, name: 'u' });
    }
    return typed;
  }

  /** Shows the prompt again after something else was written. */
  promptAgain(): void {
    if (this.waiting && this.terminal.input.isTTY) {
      this.readline.prompt();
    }
  }

  dispose(): void {
    this.readline.close();
  }

  private take(line: string): void {
    if (this.waiting) {
      this.answer(line);
    } else {
      this.lines.push(line);
    }
  }

  private answer(line: string | undefined): void {
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.(line);
  }
}
