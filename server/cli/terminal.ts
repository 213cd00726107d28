import type { Readable, Writable } from 'node:stream';
import { printable } from './printable.js';

/** Where a command reads from and writes to. Answers and data go to `out`; everything about them to `err`. */
export interface Terminal {
  readonly input: Readable & { isTTY?: boolean };
  readonly out: Writable & { isTTY?: boolean };
  readonly err: Writable & { isTTY?: boolean; columns?: number };
  /** Whether stderr may carry colour. */
  readonly colour: boolean;
}

/** The terminal of this process. Colour only on a terminal that wants it (https://no-color.org). */
export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  return {
    input: process.stdin,
    out: process.stdout,
    err: process.stderr,
    colour: Boolean(process.stderr.isTTY) && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;

/** Text in a style on a terminal that shows colour, the text itself on any other. */
export function styled(terminal: Terminal, style: keyof typeof styles, text: string): string {
  const [on, off] = styles[style];
  return terminal.colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** A line about the work, on stderr. */
export function note(terminal: Terminal, text: string, style?: keyof typeof styles): void {
  const safe = printable(text);
  terminal.err.write(`${style ? styled(terminal, style, safe) : safe}\n`);
}

/** A value as one line of JSON on stdout. */
export function writeJson(terminal: Terminal, value: unknown): void {
  terminal.out.write(`${JSON.stringify(value)}\n`);
}
