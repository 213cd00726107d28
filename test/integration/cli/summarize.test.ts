import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

  it('says what is asked for, of a part, from what is asked for', async () => {
    const { out } = await runCli(['summarize', clip, '--json', '--kind', 'detailed', '--span', '0:02-8', '--answers-from', 'events']);
    expect(JSON.parse(out)).toMatchObject({ kind: 'detailed', span: { startSeconds: 2, endSeconds: 8 }, from: 'events' });
    expect((await runCli(['summarize', clip, '--kind', 'long'])).code).toBe(2);
    expect((await runCli(['summarize', clip, '--span', '8-2'])).code).toBe(2);
  });

  it('writes chapters for ffmpeg, of one clip', async () => {
    const target = path.join(folder, 'chapters.txt');
    expect(await runCli(['summarize', clip, '--format', 'ffmetadata', '--out', target])).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(target, 'utf8')).toBe(';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=10000\ntitle=One\\; two\n');
    expect((await runCli(['summarize', clip, clip, '--format', 'ffmetadata'])).code).toBe(2);
  });

  it('summarizes the clips of a folder, with an overview at the end', async () => {
    const clips = path.join(folder, 'clips');
    await mkdir(path.join(clips, 'more', '.hidden'), { recursive: true });
    for (const name of ['b|1.mp4', 'a.mkv', 'missing.mp4', 'notes.txt', 'more/c.webm', 'more/.hidden/d.mp4']) {
      await writeFile(path.join(clips, name), '');
    }
    const { code, out } = await runCli(['summarize', clips, '--format', 'markdown']);
    expect(code).toBe(1);
    expect(out.match(/^## .*/gm)).toEqual(['## a.mkv', '## b\\|1.mp4', '## c.webm', '## Overview']);
    expect(out.slice(out.indexOf('| Clip'))).toBe(
      [
        '| Clip | Length | What happens |',
        '| --- | --- | --- |',
        '| a.mkv | 0:10.0 | Echo 1: Describe the video. |',
        '| b\\|1.mp4 | 0:10.0 | Echo 1: Describe the video. |',
        `| missing.mp4 |  | failed: ${`There is no file ${path.join(clips, 'missing.mp4')}.`.replace(/[_\\]/g, '\\$&')} |`,
        '| more/c.webm | 0:10.0 | Echo 1: Describe the video. |',
        '',
      ].join('\n'),
    );
    await mkdir(path.join(folder, 'empty'));
    expect((await runCli(['summarize', path.join(folder, 'empty')])).code).toBe(1);
  });
});

describe('videochat narrate and compare', () => {
  beforeAll(buildCli);

  it('narrate prints lines with their times, and whatever format is asked for', async () => {
    const { code, out, err } = await runCli(['narrate', clip, '--every', '2', '--variants', '2']);
    expect([code, out]).toEqual([0, '# videochat.mjs\n\n- **0:00.0–0:02.0** Line 0\n  - Other\n- **0:02.0–0:04.0** Line 1\n  - Other\n']);
    expect(err).toContain('Fewer.');
    expect((await runCli(['narrate', clip, '--format', 'srt'])).out).toBe('srt: 2\n');
    expect((await runCli(['narrate', clip, '--every', '0'])).code).toBe(2);
  });

  it('compare prints a table, and the model’s words where there are some', async () => {
    const { code, out, err } = await runCli(['compare', clip, clip]);
    expect(code).toBe(0);
    expect(out).toContain('By real.\n\n| ');
    expect(out).toContain('| objects: person | 7.0 s in 2 stretches, 2 at once, from 0:01.0 | – |\n');
    expect(err).toContain('speech: The clip has no sound.');
    const bare = await runCli(['compare', clip, clip, '--no-words', '--format', 'json']);
    expect(JSON.parse(bare.out)).not.toHaveProperty('text');
  });
});
