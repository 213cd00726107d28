import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnnotationDocument } from '../../../server/protocol/index.js';
import { modelFolder, modelMissing } from '../model/modelGoldens.js';
import { buildCli, type CliOptions, type CliResult, runCli } from './runCli.js';

const timeout = 120_000;

describe('videochat annotate with servers that die', () => {
  beforeAll(buildCli, timeout);

  it('goes on with another one, and prints nothing that a terminal would obey', async () => {
    const { code, out, err } = await runCli(['annotate', '/nowhere/dies-once', '--task', 'caption']);
    expect({ code, out }).toEqual({ code: 1, out: '1 clips annotated, 1 failed\n' });
    expect(err).toContain('The server has ended; another one goes on.');
    expect(err).toContain('no[31m picture');
    expect(err).not.toContain('\u001b[31m');
  }, timeout);

  it('gives up in the end', async () => {
    const { code, err } = await runCli(['annotate', '/nowhere/always-dies', '--task', 'shots', '--json']);
    expect(code).toBe(1);
    expect(err.match(/The server has ended/g)).toHaveLength(5);
    expect(err).toContain('(ConnectionLost)');
  }, timeout);
});

describe.skipIf(modelMissing)(`videochat annotate (${modelMissing ?? 'shipped weights'})`, () => {
  let root: string;
  let folder: string;
  beforeAll(async () => {
    await buildCli();
    root = await mkdtemp(path.join(tmpdir(), 'videochat-test-'));
  }, timeout);
  beforeEach(async () => {
    folder = path.join(root, 'clips');
    await mkdir(path.join(folder, 'sub'), { recursive: true });
    for (const name of ['a.mp4', 'b.mp4', 'sub/c.mp4']) {
      await copyFile(path.join(modelFolder, 'sample.mp4'), path.join(folder, name));
    }
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  afterAll(() => rm(root, { recursive: true, force: true }));

  const run = (args: string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(['annotate', folder, '--model', 'videochat-mini', '--concurrency', '1', ...args], {
      ...options,
      real: true,
      env: { VIDEOCHAT_CACHE: path.join(root, 'cache'), VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' },
    });
  const captions = async (clip: string): Promise<(string | undefined)[]> => {
    const text = await readFile(path.join(folder, `${clip}.videochat.json`), 'utf8');
    return (JSON.parse(text) as AnnotationDocument).segments.map(({ caption }) => caption);
  };

  it('captions the clips of a folder, and says which could not be', async () => {
    await writeFile(path.join(folder, 'broken.mp4'), 'no video');
    const { code, out, err } = await run(['--task', 'dense-caption']);
    expect(code, err).toBe(1);
    expect(out).toBe('3 clips annotated, 1 failed\n');
    expect(err).toMatch(/broken\.mp4: /);
    expect(err).toContain('--resume tries them again');
    for (const clip of ['a.mp4', 'b.mp4', 'sub/c.mp4']) {
      expect(await captions(clip)).toEqual([expect.stringMatching(/red circle.*blue square/i), expect.stringMatching(/red circle/i)]);
    }
    const again = await run(['--task', 'dense-caption', '--resume', '--json']);
    const lines = again.out.trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([{ video: 'broken.mp4', problem: expect.any(String) as unknown }, { clips: 4, done: 0, skipped: 3 }]);
    expect(await captions('a.mp4')).toHaveLength(2);
  }, timeout);

  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['kill -9', 'SIGKILL', null],
  ] as const)('goes on after %s, and makes nothing twice', async (_, signal, expected) => {
    let sent = false;
    const first = await run(['--task', 'dense-caption', '--json'], {
      onOutput: (so, child) => {
        if (!sent && so.out.includes('a.mp4')) sent = child.kill(signal);
      },
    });
    expect(first.code, first.err).toBe(expected);
    if (signal === 'SIGINT') {
      expect(first.err).toMatch(/Interrupted: \d of 3 clips done\. The same command with --resume goes on/);
    }
    const second = await run(['--task', 'dense-caption', '--resume']);
    expect(second.code, second.err).toBe(0);
    expect(second.out).toMatch(/^\d clips annotated, \d were done before\n$/);
    for (const clip of ['a.mp4', 'b.mp4', 'sub/c.mp4']) {
      expect(await captions(clip)).toHaveLength(2);
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, timeout);

  it('is clear about wrong command lines and folders', async () => {
    expect(await run(['--task', 'poetry'])).toMatchObject({ code: 2, err: expect.stringContaining('dense-caption') as unknown });
    expect((await run([])).code).toBe(2);
    const { code, err } = await runCli(['annotate', path.join(folder, 'nowhere'), '--task', 'shots'], { real: true });
    expect(code).toBe(1);
    expect(err).toContain('There is no folder');
  }, timeout);
});
