import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import { type AnnotationDocument, type DatasetManifest, emptyAnnotations } from '../../../server/protocol/index.js';
import { buildCli, program, runCli } from '../cli/runCli.js';
import { modelFolder } from '../model/modelGoldens.js';

const timeout = 240_000;
let folder: string;
let temporary: string;
const at = (...names: string[]): string => join(folder, ...names);

beforeAll(buildCli, timeout);
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-killed-')));
  temporary = at('tmp');
  await Promise.all(['tmp', 'media', 'data'].map((name) => mkdir(at(name))));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => ({ TMPDIR: temporary, VIDEOCHAT_CACHE: at('cache') });
const filesIn = (name: string): string[] => readdirSync(at(name), { recursive: true, encoding: 'utf8' }).sort();
const documents = (name: string): string[] => filesIn(name).filter((each) => each.endsWith('.videochat.json'));
const left = (): string[] => filesIn('.').filter((name) => name.endsWith('.tmp'));
const read = async (path: string): Promise<AnnotationDocument> => {
  const { document, problems } = readAnnotations(await readFile(path, 'utf8'));
  expect(problems, path).toBeUndefined();
  return document as AnnotationDocument;
};

/** Runs the program until `now`; then it, its server and whatever they have started are gone at once. */
async function killWhen(args: readonly string[], now: () => boolean): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env() }, detached: true, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  while (child.exitCode === null && !now()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(child.exitCode, 'it ended before it could be killed').toBeNull();
  process.kill(-(child.pid ?? NaN), 'SIGKILL');
  await ended;
}

describe.skipIf(process.platform === 'win32')('an import that is killed', () => {
  const entries = Array.from({ length: 400 }, (_, i) => ({ video: `${i}.mp4`, QA: [{ q: `What is in ${i}?`, a: 'A ball. '.repeat(100) }] }));
  const importing = (name: string): string[] => ['dataset', 'import', at(name), '--format', 'videochat', '--media', at('media'), '--out', at('data')];
  const run = (args: string[]) => runCli(args, { real: true, env: env() });
  beforeEach(async () => {
    await Promise.all(entries.map(({ video }) => writeFile(at('media', video), '')));
    await writeFile(at('in.json'), JSON.stringify(entries));
  });

  it('leaves every document whole, at whatever moment, and is completed by doing it again', async () => {
    const own = { ...emptyAnnotations({ path: '399.mp4' }), description: 'Mine.' };
    await mkdir(at('data', 'annotations'));
    await writeFile(at('data', 'annotations', '399.mp4.videochat.json'), writeAnnotations(own));
    for (const count of [2, 60, 200]) {
      await killWhen(importing('in.json'), () => documents('data').length >= count);
      const written = documents('data');
      expect(written.length).toBeLessThan(400);
      for (const name of written) {
        const { conversations, description } = await read(at('data', name));
        // Old or new, and nothing between.
        expect(conversations.length === 1 || description === 'Mine.', name).toBe(true);
      }
    }
    expect(await run(importing('in.json'))).toMatchObject({ code: 0, out: '400 items in 400 documents\n' });
    expect(left()).toEqual([]);
    expect(await read(at('data', 'annotations', '399.mp4.videochat.json'))).toMatchObject({ description: 'Mine.', conversations: [{}] });
    const validated = await run(['dataset', 'validate', at('data')]);
    expect(validated.code, validated.out + validated.err).toBe(0);
    await exportDataset({ dataset: at('data'), format: 'videochat', out: at('out.json') }, { progress: () => undefined });
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual(entries);
  }, timeout);

  it('loses nothing beside another one that adds to the same documents', async () => {
    await writeFile(at('more.json'), JSON.stringify(entries.map(({ video }) => ({ video, caption: `About ${video}.` }))));
    const results = await Promise.all([run(importing('in.json')), run(importing('more.json'))]);
    expect(results.map(({ code, out, err }) => [code, out, err])).toEqual(results.map(() => [0, '400 items in 400 documents\n', '']));
    for (const name of documents('data')) {
      expect(await read(at('data', name)), name).toMatchObject({ description: expect.stringContaining('About') as unknown, conversations: [{}] });
    }
    const manifest = JSON.parse(await readFile(at('data', 'videochat.dataset.json'), 'utf8')) as DatasetManifest;
    expect(manifest.imports?.map(({ file }) => file).sort()).toEqual(['in.json', 'more.json']);
    expect(left()).toEqual([]);
  }, timeout);
});

describe.skipIf(process.platform === 'win32')('a batch that is killed', () => {
  const clips = Array.from({ length: 6 }, (_, i) => `${i}.mp4`);
  const annotating = (...more: string[]): string[] => ['annotate', at('data'), '--task', 'shots', '--concurrency', '2', ...more];

  it('leaves every document whole, and makes nothing twice when it goes on', async () => {
    await Promise.all(clips.map((name) => copyFile(join(modelFolder, 'sample.mp4'), at('data', name))));
    const own = { ...emptyAnnotations({ path: '5.mp4' }), segments: [{ id: 'mine', start: 7, end: 8, caption: 'Mine.' }] };
    await writeFile(at('data', '5.mp4.videochat.json'), writeAnnotations(own));
    for (const count of [2, 4]) {
      // In this moment the document is there, and its line in the journal perhaps not.
      await killWhen(annotating('--resume'), () => documents('data').length >= count);
      for (const name of documents('data')) {
        expect((await read(at('data', name))).segments.length, name).toBeGreaterThan(0);
      }
    }
    const { code, err } = await runCli(annotating('--resume'), { real: true, env: env() });
    expect(code, err).toBe(0);
    const all = await Promise.all(clips.map((name) => read(at('data', `${name}.videochat.json`))));
    const spans = all.map(({ segments }) => segments.filter(({ id }) => id !== 'mine').map(({ start, end }) => [start, end]));
    expect(spans).toEqual(spans.map(() => spans[0]));
    expect(new Set(spans[0]?.map(String)).size).toBe(spans[0]?.length);
    expect(all[5]?.segments).toContainEqual(own.segments[0]);
    expect(left()).toEqual([]);
    expect((await readdir(temporary)).filter((name) => name.includes('heaps'))).toEqual([]);
  }, timeout);
});
