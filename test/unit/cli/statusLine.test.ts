import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../server/cli/printable.js';
import { StatusLine } from '../../../server/cli/statusLine.js';
import type { Terminal } from '../../../server/cli/terminal.js';

function terminalOf(isTTY: boolean): { terminal: Terminal; written(): string } {
  const err = Object.assign(new PassThrough(), { isTTY, columns: 20 });
  const terminal = { input: new PassThrough(), out: new PassThrough(), err, colour: false };
  return { terminal, written: () => String(err.read() ?? '') };
}

describe('StatusLine', () => {
  it('rewrites one line on a terminal, no wider than it', () => {
    const { terminal, written } = terminalOf(true);
    const status = new StatusLine(terminal);
    status.show('Decoding', ' 1/8');
    status.show('Decoding', ' 1/8');
    status.show('a line that is wider than the terminal');
    status.clear();
    status.clear();
    expect(written()).toBe('\r\u001b[KDecoding 1/8 …\r\u001b[Ka line that is wide\r\u001b[K');
  });

  it('is silent in a pipe unless asked', () => {
    const quiet = terminalOf(false);
    new StatusLine(quiet.terminal).show('Decoding');
    expect(quiet.written()).toBe('');
    const verbose = terminalOf(false);
    const status = new StatusLine(verbose.terminal, true);
    status.show('Decoding', ' 1/8');
    status.show('Decoding', ' 2/8');
    status.clear();
    expect(verbose.written()).toBe('Decoding …\n');
  });
});

describe('printable', () => {
  it('keeps text of all languages, tabs and newlines', () => {
    expect(printable('a\tb\n漢字 👩‍👩‍👧 é עברית')).toBe('a\tb\n漢字 👩‍👩‍👧 é עברית');
  });

  it('takes away what controls a terminal or reorders text', () => {
    expect(printable('\u001b]0;title\u0007x\u009b31m\r\u202egpj\u2069')).toBe(']0;titlex31mgpj');
  });
});
