import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCli, program as clip, repository, runCli } from './runCli.js';

describe('videochat', () => {
  beforeAll(buildCli);

  it.each([
    [[], 2],
    [['nonsense'], 2],
    [['chat'], 2],
    [['chat', 'v', 'q', '--frames', '0'], 2],
    [['chat', 'v', 'q', '--frames', '4', '--plan', 'fps:1'], 2],
    [['chat', 'v', 'q', '--start', '5', '--end', '4'], 2],
    [['chat', 'v', ' '], 2],
    [['chat', 'v', 'q', '--temperature', 'hot'], 2],
    [['frames', 'v'], 2],
    [['summarize'], 2],
    [['serve'], 2],
    [['serve', '--stdio', '--pipe', 'x'], 2],
    [['--help'], 0],
    [['batch', '--help'], 0],
    [['--version'], 0],
  ])('%j ends with %i', async (args, code) => {
    const result = await runCli(args);
    expect(result.code).toBe(code);
    // What was asked for goes to stdout, complaints to stderr.
    expect(Boolean(result.out)).toBe(code === 0);
    expect(Boolean(result.err)).toBe(code !== 0);
  });

  it('documents every command with examples and the exit codes', async () => {
    const { out } = await runCli(['--help']);
    expect(out).toContain('Exit codes: 0 done, 1 failed, 2 wrong command line, 130 interrupted.');
    for (const command of ['chat', 'summarize', 'batch', 'frames', 'probe', 'models', 'serve']) {
      const help = await runCli([command, '--help']);
      expect(help.out).toMatch(new RegExp(`Examples:\\n  videochat ${command}\\b`));
    }
  });

  it('uses no colour in a pipe', async () => {
    const { out, err } = await runCli(['chat', 'missing', 'q'], { env: { FORCE_COLOR: '1' } });
    expect(out + err).not.toContain('\u001b');
  });

  it('lists models and marks the demonstration', async () => {
    const { out } = await runCli(['models']);
    expect(out).toMatch(/^toy .*demonstration/m);
    expect(out).toMatch(/^real {2}real$/m);
    expect(out).toContain('cannot be used: no such file');
    const json = JSON.parse((await runCli(['models', '--json'])).out) as { id: string }[];
    expect(json.map(({ id }) => id)).toEqual(['toy', 'broken', 'real']);
  });

  it('shows facts for people and as JSON', async () => {
    const { out } = await runCli(['probe', clip]);
    expect(out).toContain('length     0:10.0, 250 frames, 25.00 frames per second');
    expect(JSON.parse((await runCli(['probe', clip, '--json'])).out)).toMatchObject({ frameCount: 250 });
  });

  it('writes frames into a folder relative to where it was called', async () => {
    const { out } = await runCli(['frames', clip, '--out', 'pictures'], { cwd: path.join(repository, 'test') });
    expect(out.trimEnd()).toBe(path.join(repository, 'test', 'pictures'));
  });
});
