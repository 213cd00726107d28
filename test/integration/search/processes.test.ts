import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { emptyAnnotations } from '../../../server/protocol/index.js';
import { databasePath } from '../../../server/search/searchIndex.js';
import { buildCli, type CliResult, program, runCli } from '../cli/runCli.js';

const timeout = 240_000;
let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
const env = (): NodeJS.ProcessEnv => ({ VIDEOCHAT_CACHE: at('cache') });

beforeAll(buildCli, timeout);
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-test-')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Clips that are found by what is noted of them; there is nothing in them. */
async function makeClips(name: string, count: number, label: (i: number) => string): Promise<void> {
  await mkdir(at(name));
  for (let i = 0; i < count; i++) {
    const clip = `clip${i}.mp4`;
    const segments = Array.from({ length: 20 }, (_, k) => ({ id: `s-${k}`, start: k, end: k + 1, label: k === 0 ? label(i) : `thing${k}`, caption: 'Somebody does something. '.repeat(8) }));
    await writeFile(at(name, clip), '');
    await writeFile(at(name, `${clip}.videochat.json`), writeAnnotations({ ...emptyAnnotations({ path: clip }), segments }));
  }
}
const search = (query: string, ...more: string[]): Promise<CliResult> => runCli(['search', query, ...more], { real: true, cwd: folder, env: env() });
const count = ({ out }: CliResult): number => out.split('\n').filter((line) => line.includes('.mp4')).length;

describe('videochat search', () => {
  it('prints moments, or JSON, and tells what was not looked through', async () => {
    await makeClips('clips', 3, (i) => (i === 1 ? 'a red bus' : 'nothing'));
    const found = await search('vehicle', 'clips');
    expect(found).toMatchObject({ code: 0, out: expect.stringMatching(/^clips\/clip1\.mp4 {2}0:00\.0–0:01\.0 +annotations +a red bus · Somebody.*\(bus: a kind of vehicle\)\n$/) });
    expect(found.err).toContain('3 of 3 clips were not looked through yet; --look does that.');
    const json = await search('bus', 'clips', '--json', '--kind', 'annotations');
    expect(JSON.parse(json.out)).toMatchObject({ path: at('clips', 'clip1.mp4'), startSeconds: 0, matches: [{ kind: 'annotations', document: { list: 'segments', itemId: 's-0' } }] });
    expect(await search('zeppelin', 'clips')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('Nothing was found in 3 clips.') });
    expect((await search('thing1', 'clips', '--limit', '2')).err).toContain('There is more: --limit 4 shows it.');
  }, timeout);

  it('refuses what it cannot do', async () => {
    expect(await search('bus', 'nowhere')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('There is no folder') });
    expect(await search('bus', '--kind', 'smells')).toMatchObject({ code: 2, out: '' });
    expect(await search('???', '.')).toMatchObject({ code: 1, err: expect.stringContaining('nothing to look for') });
    expect(await search('bus', '--limit', '0')).toMatchObject({ code: 2 });
  }, timeout);
});

describe('the index of clips', () => {
  it('serves several processes at once', async () => {
    await Promise.all(['one', 'two', 'three'].map((name) => makeClips(name, 120, (i) => `${name}${i}`)));
    const all = await Promise.all(['one', 'two', 'three'].map((name) => search(`${name}7`, name)));
    all.forEach((each, i) => expect(each, each.err).toMatchObject({ code: 0, out: expect.stringContaining(['one7', 'two7', 'three7'][i] ?? '') }));
    // All of them are there for the next one, which reads nothing again.
    const after = await Promise.all(['one', 'two', 'three'].flatMap((name) => [search(`${name}119`, '--no-index'), search('something', name, '--limit', '1')]));
    after.forEach((each) => expect(count(each), each.err).toBe(1));
  }, timeout);

  it.skipIf(process.platform === 'win32')('is whole after its process was killed, at whatever moment', async () => {
    await makeClips('clips', 400, (i) => `label${i}`);
    const file = databasePath(at('cache', 'search'));
    for (const delay of [0, 30, 90, 200, 350]) {
      const child: ChildProcess = spawn(process.execPath, [program, 'search', 'label3', 'clips'], { cwd: folder, env: { ...process.env, ...env() }, detached: true, stdio: 'ignore' });
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      const before = await sizeOf(file);
      while (child.exitCode === null && (await sizeOf(file)) === before && !existsSync(`${file}-journal`)) {
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await new Promise((resolve) => setTimeout(resolve, delay));
      if (child.exitCode === null) {
        process.kill(-(child.pid ?? NaN), 'SIGKILL');
      }
      await ended;
    }
    const found = await search('label399', 'clips');
    expect(found.err).not.toContain('made anew');
    expect([found.code, count(found)]).toEqual([0, 1]);
    for (const i of [0, 57, 111, 222, 333]) {
      expect(count(await search(`label${i}`, '--no-index'))).toBe(1);
    }
    expect((await readFile(file)).subarray(0, 15).toString()).toBe('SQLite format 3');
  }, timeout);
});

async function sizeOf(path: string): Promise<number> {
  return stat(path).then((stats) => stats.size, () => -1);
}
