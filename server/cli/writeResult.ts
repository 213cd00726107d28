import path from 'node:path';
import { writeWhole } from '../common/writeWhole.js';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';

/** Prints a command's result, or writes it whole to the file that was named instead. */
export async function writeResult(terminal: Terminal, text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    terminal.out.write(printable(text));
  } else {
    await writeWhole(path.resolve(out), text);
  }
}
