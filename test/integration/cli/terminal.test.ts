import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, program } from './runCli.js';

const fakeServer = fileURLToPath(new URL('./fakeServer.mjs', import.meta.url));
const ctrlC = '\u0003';
// util-linux's script gives a program a real terminal.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

/** Types each text when what stands before it has appeared on the screen. */
function type(args: string, steps: [seen: string, typed: string][], env: NodeJS.ProcessEnv = {}) {
  const child = spawn('script', ['-qfec', `'${process.execPath}' '${program}' ${args}`, '/dev/null'], {
    env: { ...process.env, VIDEOCHAT_SERVER: fakeServer, TERM: 'xterm', NO_COLOR: '', ...env },
  });
  let screen = '';
  let from = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const [seen, typed] = steps[0] ?? [];
    const at = seen === undefined ? -1 : screen.indexOf(seen, from);
    if (seen !== undefined && typed !== undefined && at >= 0) {
      from = at + seen.length;
      steps.shift();
      child.stdin.write(typed);
    }
  });
  return new Promise<{ code: number | null; screen: string; left: number }>((resolve) => {
    child.once('close', (code) => resolve({ code, screen, left: steps.length }));
  });
}

describe.skipIf(!hasScript)('videochat chat on a terminal', () => {
  beforeAll(buildCli);

  it('stops an answer at Ctrl-C and leaves at the second one at the prompt', async () => {
    const { code, screen, left } = await type(`chat '${program}'`, [
      ['> ', 'slow answer\r'],
      ['word2', ctrlC],
      ['Stopped.', 'next\r'],
      ['Echo 2: next', 'half a line'],
      ['half a line', ctrlC],
      ['> ', ctrlC],
      ['Ctrl-C again', ctrlC],
    ]);
    expect(left).toBe(0);
    expect(screen).toContain('Decoding frames 1/8');
    expect(code).toBe(130);
  });

  it('leaves at the end of the input', async () => {
    const { code } = await type(`chat '${program}'`, [['> ', '\u0004']]);
    expect(code).toBe(0);
  });

  it('uses colour there, unless NO_COLOR is set', async () => {
    const coloured = await type(`chat missing q`, []);
    expect(coloured.screen).toContain('\u001b[31mvideochat: There is no file');
    const plain = await type(`chat missing q`, [], { NO_COLOR: '1' });
    expect(plain.screen).not.toContain('\u001b[31m');
  });
});
