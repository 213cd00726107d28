import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, program as clip, runCli } from './runCli.js';

describe('videochat timeline', () => {
  let folder: string;
  beforeAll(async () => {
    await buildCli();
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-test-'));
    await writeFile(path.join(folder, 'slow.mp4'), '');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints a line for each event on stdout, and what cannot be seen on stderr', async () => {
    expect(await runCli(['timeline', clip])).toEqual({
      code: 0,
      out: '0:02.0–0:09.0    objects  person × 3 (82 %)\n1:05.0–1:06.5    speech   One / two\n',
      err: 'text: unavailable (No model.)\n',
    });
  });

  it('asks for the tracks, the rate and the part that were named', async () => {
    const { out } = await runCli(['timeline', clip, '--track', 'objects', '--track', 'text', '--fps', '2.5', '--span', '0:05-1:07.5', '--format', 'csv']);
    expect(out).toBe(`csv ${JSON.stringify({ tracks: ['objects', 'text'], framesPerSecond: 2.5, span: { startSeconds: 5, endSeconds: 67.5 } })}\n`);
  });

  it('asks who is to hear words, and marks guesses', async () => {
    expect((await runCli(['timeline', clip, '--speech', 'pocketsphinx'])).out).toContain('speech   ? One / two (40 %)\n');
    const { out } = await runCli(['timeline', clip, '--speech', 'off', '--language', 'DE', '--format', 'csv']);
    expect(out).toBe(`csv ${JSON.stringify({ speech: { fallback: 'off', language: 'de' } })}\n`);
  });

  it('writes a whole file, or none', async () => {
    const { code, out } = await runCli(['timeline', clip, '--format', 'srt', '--out', 'new.srt'], { cwd: folder });
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(await readFile(path.join(folder, 'new.srt'), 'utf8')).toBe('srt {}\n');
    expect((await runCli(['timeline', clip, '--out', 'missing/new.txt'], { cwd: folder })).code).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(['new.srt', 'slow.mp4']);
  });

  it.each([[['--track', 'smells']], [['--fps', '0']], [['--span', '5']], [['--span', '9-5']], [['--span', '1-2-3']], [['--format', 'mp3']], [['--speech', 'parrot']], [['--language', 'en-GB']]])('refuses %j', async (args) => {
    const { code, out, err } = await runCli(['timeline', clip, ...args]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('--help shows how.');
  });

  it('explains itself', async () => {
    const { out } = await runCli(['timeline', '--help']);
    expect(out).toMatch(/Examples:\n {2}videochat timeline\b/);
    expect(out).toContain('Tracks: shots, objects, text, speech, people, motion.');
  });

  it('stops at Ctrl-C with 130', async () => {
    let sent = false;
    const { code, out, err } = await runCli(['timeline', path.join(folder, 'slow.mp4'), '--verbose'], {
      onOutput: (so, child) => {
        if (!sent && so.err.includes('Looking')) sent = child.kill('SIGINT');
      },
    });
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toContain('Stopped.');
  });
});
