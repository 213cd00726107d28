import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import {
  type AnnotateBatchParams,
  type AnnotateBatchProgress,
  AnnotateBatchRequest,
  type AnnotateBatchResult,
  type AnnotationDocument,
  emptyAnnotations,
  ErrorCode,
  VideoChatError,
} from '../../../server/protocol/index.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';

let folder: string;
let dataset: string;
let fake: GatedParts;
let host: ServerInProcess;
let client: VideoChatClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videochat-test-'));
  dataset = join(folder, 'dataset');
  await mkdir(join(dataset, 'sub', '.hidden'), { recursive: true });
  for (const name of ['a.mp4', 'b.mp4', 'sub/c.mp4', 'sub/.hidden/d.mp4', 'notes.txt']) {
    await writeFile(join(dataset, name), name);
  }
  fake = new GatedParts();
  host = new ServerInProcess(fake.parts, join(folder, 'cache'));
  client = await host.connect();
});
afterEach(async () => {
  Object.values(fake.gates).forEach((gate) => gate.open());
  await host.dispose();
  await rm(folder, { recursive: true, force: true });
});

const run = (params: Partial<AnnotateBatchParams> = {}, options: { onProgress?: (value: AnnotateBatchProgress) => void; token?: CancellationTokenSource['token'] } = {}): Promise<AnnotateBatchResult> =>
  client.request(AnnotateBatchRequest, { path: dataset, task: 'denseCaption', modelId: 'tiny', concurrency: 1, ...params }, options);
const documentPath = (clip: string): string => join(dataset, `${clip}.videochat.json`);
const readClip = async (clip: string): Promise<AnnotationDocument> => JSON.parse(await readFile(documentPath(clip), 'utf8')) as AnnotationDocument;
const journalOf = async ({ journal }: { journal: string }): Promise<string[]> => (await readFile(journal, 'utf8')).trimEnd().split('\n');
const clipsIn = (lines: readonly string[]): string[] => lines.slice(1).map((line) => JSON.parse(line) as { clip: string; begun?: true }).flatMap(({ clip, begun }) => (begun ? [] : [clip]));

describe('annotate/batch', () => {
  it('writes suggestions for every clip beside it, with a journal', async () => {
    const progress: AnnotateBatchProgress[] = [];
    const result = await run({}, { onProgress: (value) => void progress.push(value) });
    expect(result).toEqual({ clips: 3, done: 3, skipped: 0, failed: [], journal: join(dataset, '.videochat', 'journals', 'denseCaption-tiny.jsonl') });
    expect(await readClip('sub/c.mp4')).toMatchObject({
      media: { path: 'c.mp4', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown, duration: 10, fps: 30, frameCount: 300 },
      segments: [{ start: 0, end: 10, caption: 'A red ball.', provenance: { author: 'model', status: 'suggested', model: { id: 'tiny' } } }],
    });
    expect(clipsIn(await journalOf(result))).toEqual(['a.mp4', 'b.mp4', 'sub/c.mp4']);
    expect(progress.filter(({ kind }) => kind === 'clip')).toMatchObject([{ done: 1, total: 3, items: 1 }, { done: 2 }, { done: 3, videoPath: join(dataset, 'sub', 'c.mp4') }]);
    expect((await readdir(dataset)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('takes the clips of a split, labels and documents of a dataset', async () => {
    await writeFile(
      join(dataset, 'videochat.dataset.json'),
      JSON.stringify({ format: 'videochat-dataset', version: 1, annotations: 'notes', labels: [{ name: 'ball' }], splits: [{ name: 'train', clips: ['sub/**'] }] }),
    );
    await mkdir(join(dataset, 'notes', 'sub'), { recursive: true });
    const path = join(dataset, 'notes', 'sub', 'c.mp4.videochat.json');
    await writeFile(path, writeAnnotations({ ...emptyAnnotations({ path: 'sub/c.mp4' }), segments: [{ id: 's', start: 0, end: 4 }] }));
    expect(await run({ task: 'labels', split: 'train' })).toMatchObject({ clips: 1, done: 1 });
    expect(await readFile(path, 'utf8')).toContain('"label": "ball"');
  });

  it('lists clips that fail, goes on, and tries them again when it is resumed', async () => {
    const broken = '{ "format": "videochat-annotations", ';
    await writeFile(documentPath('a.mp4'), broken);
    await mkdir(documentPath('b.mp4'));
    const first = await run();
    expect(first).toMatchObject({ clips: 3, done: 1 });
    expect(first.failed.map(({ videoPath, code }) => [videoPath, code])).toEqual([
      [join(dataset, 'a.mp4'), ErrorCode.AnnotationsInvalid],
      [join(dataset, 'b.mp4'), ErrorCode.AnnotationsInvalid],
    ]);
    expect(await readFile(documentPath('a.mp4'), 'utf8')).toBe(broken);
    await rm(documentPath('a.mp4'));
    await rm(documentPath('b.mp4'), { recursive: true });
    fake.prompts.length = 0;
    expect(await run({ resume: true })).toMatchObject({ done: 2, skipped: 1, failed: [] });
    expect(fake.prompts).toHaveLength(4);
  });

  it('lists a clip that the model refuses or that cannot be read', async () => {
    fake.failures.probe = new VideoChatError(ErrorCode.VideoUnreadable, 'The file cannot be read.');
    const { failed, done } = await run();
    expect({ done, codes: failed.map(({ code }) => code) }).toEqual({ done: 0, codes: [202, 202, 202] });
  });

  it('gives up where every clip would fail the same way', async () => {
    fake.failures.load = new VideoChatError(ErrorCode.ModelLoadFailed, 'No memory.');
    await expect(run()).rejects.toMatchObject({ code: ErrorCode.ModelLoadFailed });
    expect(fake.counts.load).toBe(1);
    await expect(run({ modelId: 'nobody' })).rejects.toMatchObject({ code: ErrorCode.ModelUnknown });
    await expect(run({ path: join(dataset, 'nowhere') })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(run({ task: 'labels' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('stops in the middle of a clip, and goes on behind the last one that was finished', async () => {
    const source = new CancellationTokenSource();
    const onProgress = (value: AnnotateBatchProgress): void => {
      if (value.kind === 'clip') {
        fake.gates.generate.close();
        void fake.gates.generate.reached().then(() => source.cancel());
      }
    };
    await expect(run({}, { onProgress, token: source.token })).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    fake.gates.generate.open();
    await expect(readClip('b.mp4')).rejects.toThrow();
    expect(await run({ resume: true })).toMatchObject({ done: 2, skipped: 1 });
    expect((await readClip('a.mp4')).segments).toHaveLength(1);
  });

  it('makes nothing twice after it was killed between a document and its line in the journal, or in the line', async () => {
    const result = await run();
    const lines = await journalOf(result);
    await writeFile(result.journal, `${lines.slice(0, 4).join('\n')}\n{"clip":"b.m`);
    // With other words the text alone would not tell that it is the same suggestion.
    fake.script = [' Another', ' answer'];
    fake.prompts.length = 0;
    expect(await run({ resume: true })).toMatchObject({ done: 2, skipped: 1 });
    expect(fake.prompts).toEqual([]);
    expect((await readClip('b.mp4')).segments.map(({ caption }) => caption)).toEqual(['A red ball.']);
    expect(clipsIn(await journalOf(result)).sort()).toEqual(['a.mp4', 'b.mp4', 'sub/c.mp4']);
  });

  it('starts anew where a journal says nothing yet, and without resuming', async () => {
    const result = await run();
    await writeFile(result.journal, '{"journal":"video');
    expect(await run({ resume: true })).toMatchObject({ done: 3, skipped: 0 });
    expect(await run()).toMatchObject({ done: 3, skipped: 0 });
    expect((await readClip('a.mp4')).segments).toHaveLength(1);
  });

  it('does not go on with the journal of a run that did something else', async () => {
    const result = await run();
    await expect(run({ resume: true, sampling: { temperature: 1 } })).rejects.toMatchObject({ code: ErrorCode.JournalMismatch });
    await expect(run({ resume: true, split: 'train' })).rejects.toMatchObject({ code: ErrorCode.JournalMismatch });
    await writeFile(result.journal, 'somebody wrote here\n');
    await expect(run({ resume: true })).rejects.toMatchObject({ code: ErrorCode.JournalMismatch });
    expect(await readFile(result.journal, 'utf8')).toBe('somebody wrote here\n');
  });

  it('passes over a line of the journal that is damaged: its clip is looked at again', async () => {
    const result = await run();
    const lines = await journalOf(result);
    await writeFile(result.journal, `${[...lines.slice(0, 2), '\u0000\u0000', ...lines.slice(3)].join('\n')}\n`);
    expect(await run({ resume: true })).toMatchObject({ done: 1, skipped: 2 });
    expect((await readClip('a.mp4')).segments).toHaveLength(1);
  });

  it('looks last and alone at a clip during which the server died, and passes over it after two deaths', async () => {
    const { journal } = await run();
    const [header = ''] = await journalOf({ journal });
    const began = '{"clip":"a.mp4","begun":true}';
    const seen: string[] = [];
    const onProgress = (value: AnnotateBatchProgress): void => void (value.kind === 'clip' && seen.push(`${value.videoPath.slice(dataset.length + 1)} ${value.problem ?? ''}`));
    await writeFile(journal, `${header}\n${began}\n`);
    await run({ resume: true, concurrency: 3 }, { onProgress });
    expect(seen.at(-1)).toBe('a.mp4 ');
    seen.length = 0;
    await writeFile(journal, `${header}\n${began}\n${began}\n{"clip":"b.mp4","begun":true}\n{"clip":"b.mp4","stopped":true}\n`);
    const { failed, done } = await run({ resume: true }, { onProgress });
    expect({ done, seen }).toEqual({ done: 2, seen: ['b.mp4 ', 'sub/c.mp4 ', 'a.mp4 The server has ended 2 times while it looked at this clip.'] });
    expect(failed).toMatchObject([{ code: ErrorCode.InternalError }]);
    expect(await run({ resume: true })).toMatchObject({ done: 1, failed: [] });
  });

  it('keeps what a person saves while the model is asked', async () => {
    await writeFile(documentPath('a.mp4'), writeAnnotations({ ...emptyAnnotations({ path: 'a.mp4' }), segments: [{ id: 'bare', start: 0, end: 4 }, { id: 'other', start: 4, end: 8 }] }));
    fake.gates.generate.close();
    const running = run({ task: 'caption' });
    await fake.gates.generate.reached();
    const saved = { ...emptyAnnotations({ path: 'a.mp4' }), description: 'Mine.', segments: [{ id: 'bare', start: 0, end: 3, caption: 'Mine too.' }, { id: 'other', start: 4, end: 8 }] };
    await writeFile(documentPath('a.mp4'), writeAnnotations({ ...saved, note: 'kept' } as AnnotationDocument));
    fake.gates.generate.open();
    expect(await running).toMatchObject({ done: 3 });
    expect(await readClip('a.mp4')).toMatchObject({ description: 'Mine.', note: 'kept', segments: [saved.segments[0], { id: 'other', end: 8, caption: 'A red ball.' }] });
  });

  it('tells of a folder that cannot be written to, and keeps the journal elsewhere', async () => {
    // What stands in the way of folders is in their place: that stops even an administrator.
    await writeFile(join(dataset, 'notes'), '');
    await writeFile(join(dataset, '.videochat'), '');
    await writeFile(join(dataset, 'videochat.dataset.json'), JSON.stringify({ format: 'videochat-dataset', version: 1, annotations: 'notes' }));
    const result = await run();
    expect(result.journal.startsWith(join(folder, 'cache', 'journals'))).toBe(true);
    expect(result).toMatchObject({ done: 0, clips: 3 });
    expect(new Set(result.failed.map(({ code }) => code))).toEqual(new Set([ErrorCode.AnnotationsNotWritten]));
    expect(fake.prompts).toEqual([]);
    await rm(join(dataset, 'notes'));
    expect(await run({ resume: true })).toMatchObject({ done: 3, skipped: 0 });
  });

  it('writes nowhere else than in the dataset', async () => {
    await mkdir(join(folder, 'elsewhere'));
    await mkdir(join(dataset, 'notes'));
    await symlink(join(folder, 'elsewhere'), join(dataset, 'notes', 'sub'));
    await writeFile(join(dataset, 'videochat.dataset.json'), JSON.stringify({ format: 'videochat-dataset', version: 1, annotations: 'notes' }));
    const { failed, done } = await run();
    expect({ done, failed }).toMatchObject({ done: 2, failed: [{ videoPath: join(dataset, 'sub', 'c.mp4'), code: ErrorCode.AnnotationsNotWritten }] });
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('works on several clips at once, each of them once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => writeFile(join(dataset, `more${index}.mp4`), String(index))));
    const result = await run({ concurrency: 5 });
    expect(result).toMatchObject({ clips: 23, done: 23 });
    expect(new Set(clipsIn(await journalOf(result))).size).toBe(23);
    expect(fake.prompts).toHaveLength(46);
  });

  it('keeps journals of tasks apart, and out of git', async () => {
    const { journal } = await run();
    expect((await run({ task: 'description' })).journal).not.toBe(journal);
    expect(await run({ resume: true })).toMatchObject({ skipped: 3 });
    expect((await readFile(join(dataset, '.videochat', 'journals', '.gitignore'), 'utf8')).trim()).toBe('*');
  });
});
