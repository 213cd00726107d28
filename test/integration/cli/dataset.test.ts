import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCli, runCli } from './runCli.js';

describe('videochat dataset', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const importing = (more: string[] = []) =>
    runCli(['dataset', 'import', file('in.json'), '--format', 'llava', '--media', file('media'), '--out', file('data'), ...more], { real: true });

  beforeAll(buildCli);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-dataset-'));
    await mkdir(file('media'));
    await writeFile(file('media/a.mp4'), '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes a file in and gives it out again', async () => {
    const entries = [
      { id: 'k', video: 'a.mp4', conversations: [{ from: 'human', value: '<video>\nWhat?' }, { from: 'gpt', value: 'A dog.' }] },
      { id: 'l', video: '../b.mp4', conversations: [{ from: 'human', value: '<video>\nWho?' }, { from: 'gpt', value: 'Bo.' }] },
    ];
    await writeFile(file('in.json'), JSON.stringify(entries));
    const taken = await importing();
    expect(taken).toMatchObject({ code: 0, out: '2 items in 2 documents, 1 clips are not in the media folder\n' });
    expect(taken.err).toContain('"../b.mp4" is no name below the media folder.');
    const given = await runCli(['dataset', 'export', file('data'), '--format', 'llava', '--out', file('out.json')], { real: true });
    expect(given).toMatchObject({ code: 0, out: '2 items of 2 documents\n' });
    expect(JSON.parse(await readFile(file('out.json'), 'utf8'))).toEqual(entries);
  });

  it('gives out one split, what people have accepted, and says what is lost', async () => {
    await mkdir(file('data'));
    const segment = (id: string, status: string): object => ({ id, start: 0, end: 1, caption: id, track: 't', provenance: { status } });
    for (const name of ['a', 'b']) {
      const segments = ['accepted', 'suggested', 'rejected'].map((status) => segment(`${name} ${status}`, status));
      await writeFile(file(`data/${name}.mp4.videochat.json`), JSON.stringify({ format: 'videochat-annotations', version: 1, media: { path: `${name}.mp4` }, segments }));
    }
    const splits = [{ name: 'train', clips: ['a.*'] }, { name: 'val', clips: ['**'] }];
    await writeFile(file('data/videochat.dataset.json'), JSON.stringify({ format: 'videochat-dataset', version: 1, splits }));
    const args = ['dataset', 'export', file('data'), '--format', 'charades-sta', '--out', file('out.txt')];
    const { code, err } = await runCli([...args, '--split', 'train'], { real: true });
    expect(code).toBe(0);
    expect(err).toContain('segments: track (1)');
    expect(await readFile(file('out.txt'), 'utf8')).toBe('a 0.0 1.0##a accepted\n');
    await runCli([...args, '--split', 'val', '--status', 'suggested,rejected', '--json'], { real: true });
    expect(await readFile(file('out.txt'), 'utf8')).toBe('b 0.0 1.0##b suggested\nb 0.0 1.0##b rejected\n');
  });

  it('ends with 1 and a reason where the file is of another format, with 2 where the command is wrong', async () => {
    await writeFile(file('in.json'), '{"video": 1}');
    const wrong = await importing();
    expect(wrong.code).toBe(1);
    expect(wrong.err).toMatch(/in\.json, line 1: expected "conversations" to be a list\. \(FormatInvalid\)/);
    expect((await importing(['--existing', 'perhaps'])).code).toBe(2);
    expect((await runCli(['dataset', 'export', folder, '--format', 'llava'])).code).toBe(2);
    expect((await runCli(['dataset', 'export', folder, '--format', 'llava', '--out', 'x', '--status', 'good'])).err).toContain('"good" is no status.');
  });
});
