import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, program as clip, runCli } from './runCli.js';

describe('videochat summarize', () => {
  let folder: string;
  beforeAll(async () => {
    await buildCli();
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-test-'));
    await writeFile(path.join(folder, 'slow.mp4'), '');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints what the model says, and nothing else, on stdout', async () => {
    expect(await runCli(['summarize', clip])).toEqual({ code: 0, out: 'Echo 1: Describe the video.\n', err: '' });
  });

  it('prints a line of JSON per clip', async () => {
    const { code, out } = await runCli(['summarize', clip, clip, '--json', '--plan', 'fps:1']);
    const lines = out.trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    expect(code).toBe(0);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ video: clip, text: 'Echo 1: Describe the video.', plan: { spec: 'fps:1' }, moments: [{ text: '0:05' }] });
  });

  it('names several clips, and goes on after one that cannot be opened', async () => {
    const { code, out, err } = await runCli(['summarize', clip, 'missing.mp4', clip]);
    expect(code).toBe(1);
    expect(out).toBe(`${clip}\nEcho 1: Describe the video.\n\n`.repeat(2));
    expect(err).toMatch(/^missing\.mp4:\nvideochat: There is no file .* \(VideoNotFound\)\nCheck the path\.\n$/);
    const json = await runCli(['summarize', 'missing.mp4', clip, '--json']);
    expect(JSON.parse(json.out.split('\n')[0] ?? '')).toMatchObject({ video: 'missing.mp4', error: { name: 'VideoNotFound' } });
    expect(json.code).toBe(1);
  });

  it('stops at Ctrl-C with 130, and leaves the other clips out', async () => {
    let sent = false;
    const { code, out, err } = await runCli(['summarize', path.join(folder, 'slow.mp4'), clip, '--verbose'], {
      onOutput: (so, child) => {
        if (!sent && so.err.includes('Answering')) sent = child.kill('SIGINT');
      },
    });
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain('Stopped.');
  });
});
