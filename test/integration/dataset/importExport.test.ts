import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import { importDataset } from '../../../server/dataset/import/importDataset.js';
import { parseJson } from '../../../server/dataset/json/parseJson.js';
import { writeJson } from '../../../server/dataset/json/writeJson.js';
import {
  type AnnotationDocument,
  type DatasetExportResult,
  type DatasetFormatName,
  type DatasetImportParams,
  type DatasetImportResult,
  type DatasetManifest,
  ErrorCode,
} from '../../../server/protocol/index.js';
import { goldenFiles } from '../../unit/dataset/formats/goldenFiles.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-formats-')));
  await mkdir(join(folder, 'media'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const quiet = { progress: () => undefined };
const golden = (name: string): string => fileURLToPath(new URL(`../../golden/dataset/${name}`, import.meta.url));
const read = async (name: string): Promise<AnnotationDocument> => JSON.parse(await readFile(at(name), 'utf8')) as AnnotationDocument;
const manifest = async (): Promise<DatasetManifest> => JSON.parse(await readFile(at('data/videochat.dataset.json'), 'utf8')) as DatasetManifest;
const documents = async (name = 'data'): Promise<string[]> =>
  (await readdir(at(name), { recursive: true })).filter((each) => each.endsWith('.videochat.json')).sort();

async function put(name: string, text: string): Promise<string> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), text);
  return at(name);
}

function takeIn(file: string, format: DatasetFormatName, more: Partial<DatasetImportParams> = {}): Promise<DatasetImportResult> {
  return importDataset({ file, format, mediaFolder: at('media'), dataset: at('data'), ...more }, quiet);
}

function giveOut(format: DatasetFormatName, more: object = {}): Promise<DatasetExportResult> {
  return exportDataset({ dataset: at('data'), format, out: at('out.json'), ...more }, quiet);
}

const values = (text: string): string[] => {
  const bare = text.replace('\uFEFF', '').trim();
  const parts = /^\{.*\}\n\s*\{/.test(bare) ? bare.split('\n').filter((line) => line.trim() !== '') : [bare];
  return parts.map((part) => writeJson(parseJson(part)));
};

describe('through documents on disk', () => {
  it.each(goldenFiles)('%s comes out as it went in, also when imported twice', async (name, format) => {
    const first = await takeIn(golden(name), format.name);
    const before = await documents();
    const second = await takeIn(golden(name), format.name);
    expect({ ...second, documents: 0 }).toEqual({ ...first, documents: 0 });
    expect(await documents()).toEqual(before);
    expect((await manifest()).imports).toHaveLength(1);
    await giveOut(format.name);
    expect(values(await readFile(at('out.json'), 'utf8'))).toEqual(values(await readFile(golden(name), 'utf8')));
  });

  it('leads no name out of the media folder', async () => {
    await mkdir(at('elsewhere'));
    await put('elsewhere/secret.mp4', '');
    await symlink(at('elsewhere'), at('media/link'));
    await symlink(at('elsewhere/secret.mp4'), at('media/file.mp4'));
    const names = ['link/secret.mp4', 'file.mp4', '../elsewhere/secret.mp4', at('elsewhere/secret.mp4'), 'a/../../b.mp4', 'c.mp4/../d.mp4', 'x\u0000.mp4', '', '..'];
    const file = await put('in.json', JSON.stringify(names.map((video) => ({ video, QA: [{ q: 'a', a: 'b' }] }))));
    const result = await takeIn(file, 'videochat');
    expect(result).toMatchObject({ items: names.length, documents: names.length, missingMedia: names.length, skipped: 0 });
    expect(result.problems.map(({ index }) => index)).toEqual(names.map((_, i) => i));
    expect((await documents()).every((each) => each.startsWith(join('annotations', '_renamed')))).toBe(true);
    expect(await readdir(at('elsewhere'))).toEqual(['secret.mp4']);
    await giveOut('videochat');
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual(JSON.parse(await readFile(file, 'utf8')));
  });

  it('finds clips by their names without ending, and absolute ones inside the folder', async () => {
    await put('media/v_1.mkv', '');
    await put('media/sub/b.mp4', '');
    const gold = await put('gold.json', '{"v_1": {"duration": 3, "timestamps": [[0, 1]], "sentences": ["A."]}}');
    expect(await takeIn(gold, 'activitynet-captions')).toMatchObject({ missingMedia: 0, problems: [] });
    const qa = await put('qa.json', JSON.stringify([{ video: at('media/sub/b.mp4'), QA: [{ q: 'a', a: 'b' }] }]));
    expect(await takeIn(qa, 'videochat')).toMatchObject({ missingMedia: 0, problems: [] });
    expect(await documents()).toEqual([join('annotations', 'sub', 'b.mp4.videochat.json'), join('annotations', 'v_1.mkv.videochat.json')]);
    expect(await manifest()).toMatchObject({ media: ['../media'], annotations: 'annotations' });
    expect((await read('data/annotations/v_1.mkv.videochat.json')).media.path).toBe('v_1.mkv');
    await giveOut('videochat');
    expect(values(await readFile(at('out.json'), 'utf8'))).toEqual(values(await readFile(qa, 'utf8')));
  });

  it('follows links that stay in the media folder, and puts no documents where nobody looks', async () => {
    await put('media/real/a.mp4', '');
    await symlink(at('media/real'), at('media/link'));
    const beside = { dataset: at('media') };
    const file = await put('in.json', '[{"video": "link/a.mp4", "caption": "A."}, {"video": "link/b/c.mp4", "caption": "B."}, {"video": ".git/d.mp4", "caption": "D."}]');
    expect(await takeIn(file, 'videochat', beside)).toMatchObject({ documents: 3, missingMedia: 2, problems: [{ index: 2 }] });
    const seen = (await documents('media')).filter((name) => !name.startsWith('link'));
    expect(seen).toEqual([expect.stringMatching(/^_renamed/), join('real', 'a.mp4.videochat.json'), join('real', 'b', 'c.mp4.videochat.json')]);
    await giveOut('videochat', beside);
    expect(values(await readFile(at('out.json'), 'utf8'))).toEqual(values(await readFile(file, 'utf8')));
  });

  it('keeps the document of a clip that came after it', async () => {
    const file = await put('gold.json', '{"v_1": {"duration": 3, "timestamps": [[0, 1]], "sentences": ["A."]}}');
    expect(await takeIn(file, 'activitynet-captions')).toMatchObject({ missingMedia: 1 });
    await put('media/v_1.mkv', '');
    expect(await takeIn(file, 'activitynet-captions')).toMatchObject({ missingMedia: 0 });
    expect(await documents()).toEqual([join('annotations', 'v_1.videochat.json')]);
    expect((await read('data/annotations/v_1.videochat.json')).media.path).toBe('v_1.mkv');
    expect(await giveOut('activitynet-captions')).toMatchObject({ items: 1, documents: 1 });
  });

  it('knows clips of a folder below the media root by the names of the file', async () => {
    await put('data/videochat.dataset.json', '{"format": "videochat-dataset", "version": 1, "media": ["../media"], "annotations": "notes"}');
    await mkdir(at('media/part'));
    const file = await put('in.json', '[{"video": "a.mp4", "caption": "A."}, {"caption": "B.", "video": "b.mp4"}]');
    await takeIn(file, 'videochat', { mediaFolder: at('media/part') });
    expect(await documents()).toEqual([join('notes', 'part', 'a.mp4.videochat.json'), join('notes', 'part', 'b.mp4.videochat.json')]);
    await giveOut('videochat');
    expect(values(await readFile(at('out.json'), 'utf8'))).toEqual(values(await readFile(file, 'utf8')));
  });

  it('leaves out what was rejected, and clips of which nothing is left; not those that were empty', async () => {
    const file = await put('gold.json', '{"a": {"timestamps": [[0, 1], [1, 2]], "sentences": ["A.", "B."]}, "b": {"timestamps": [[0, 1]], "sentences": ["C."]}, "c": {"timestamps": [], "sentences": []}}');
    await takeIn(file, 'activitynet-captions');
    for (const name of ['a', 'b']) {
      const path = `data/annotations/${name}.videochat.json`;
      const document = await read(path);
      Object.assign(document.segments[0] ?? {}, { provenance: { status: 'rejected' } });
      await put(path, JSON.stringify(document));
    }
    await giveOut('activitynet-captions');
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual({ a: { timestamps: [[1, 2]], sentences: ['B.'] }, c: { timestamps: [], sentences: [] } });
  });

  it('joins what was said elsewhere about a clip, and says what it has no place for', async () => {
    const gold = await put('gold.json', '{"a": {"duration": 9, "timestamps": [[0, 1]], "sentences": ["A."]}}');
    await takeIn(gold, 'activitynet-captions');
    const table = await put('t.csv', 'video,start,end,label,caption,mark\r\na,3,4,open,"B, too",x\r\nd.mp4,1,2,,,y\r\n');
    await takeIn(table, 'csv');
    const result = await giveOut('activitynet-captions');
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual({ a: { duration: 9, timestamps: [[0, 1], [3, 4]], sentences: ['A.', 'B, too'] } });
    expect(result.lost).toEqual([{ what: 'labels beside a caption', count: 1 }, { what: 'segments that this format cannot say', count: 1 }]);
    await takeIn(await put('other.json', '{"z": {"timestamps": [[5, 6]], "sentences": ["Z."]}}'), 'activitynet-captions');
    const importId = (await manifest()).imports?.[0]?.id;
    expect(await giveOut('activitynet-captions', { importId })).toEqual({ items: 1, documents: 1, lost: [] });
    expect(values(await readFile(at('out.json'), 'utf8'))).toEqual(values(await readFile(gold, 'utf8')));
    await expect(giveOut('csv', { importId })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await rm(at('data/annotations/z.videochat.json'));
    await giveOut('csv', { out: at('out.csv') });
    expect(await readFile(at('out.csv'), 'utf8')).toBe(`${await readFile(table, 'utf8')}a,0,1,,A.,\r\n`);
  });

  it('adds to documents that are there and leaves what they hold', async () => {
    const own = { format: 'videochat-annotations', version: 1, media: { path: 'a.mp4' }, description: 'Mine.', segments: [{ id: 's', start: 0, end: 1, mark: 7 }], questions: [], conversations: [], more: { kept: true } };
    await put('media/a.mp4', '');
    await put('media/a.mp4.videochat.json', JSON.stringify(own));
    const file = await put('in.json', '[{"video": "a.mp4", "caption": "Theirs."}]');
    const beside = { dataset: at('media') };
    expect(await takeIn(file, 'videochat', { ...beside, existing: 'skip' })).toMatchObject({ documents: 0, skipped: 1 });
    expect(await read('media/a.mp4.videochat.json')).toEqual(own);
    expect(await takeIn(file, 'videochat', beside)).toMatchObject({ documents: 1, skipped: 0 });
    expect(await read('media/a.mp4.videochat.json')).toMatchObject(own);
    await giveOut('videochat', beside);
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual([{ video: 'a.mp4', caption: 'Theirs.' }]);
  });

  it('leaves alone documents that it cannot read, and goes on', async () => {
    await put('data/annotations/a.mp4.videochat.json', '{"format": "videochat-annotations", "version": 99}');
    await put('data/videochat.dataset.json', '{"format": "videochat-dataset", "version": 1, "annotations": "annotations", "media": ["../media"], "own": 1}');
    const file = await put('in.json', '[{"video": "a.mp4", "caption": "A."}, {"video": "b.mp4", "caption": "B."}]');
    expect(await takeIn(file, 'videochat')).toMatchObject({ documents: 1, skipped: 1, items: 2 });
    expect(await readFile(at('data/annotations/a.mp4.videochat.json'), 'utf8')).toContain('99');
    expect(await manifest()).toMatchObject({ own: 1, imports: [{ format: 'videochat', file: 'in.json', items: 2 }] });
    await expect(giveOut('videochat')).rejects.toMatchObject({ code: ErrorCode.AnnotationsInvalid });
    expect(await readdir(folder)).not.toContain('out.json');
  });

  it('leaves alone documents that are write-protected, and a protected manifest, and says so', async () => {
    const file = await put('in.json', '[{"video": "a.mp4", "caption": "A."}, {"video": "b.mp4", "caption": "B."}]');
    const path = await put('data/annotations/a.mp4.videochat.json', '{"format": "videochat-annotations", "version": 1, "media": {"path": "a.mp4"}}');
    const text = await readFile(path, 'utf8');
    await chmod(path, 0o444);
    const { problems, ...counts } = await takeIn(file, 'videochat');
    expect(counts).toMatchObject({ documents: 1, skipped: 1 });
    expect(problems).toEqual([{ index: 0, message: `${path} is write-protected. Its items were left out.` }]);
    expect(await readFile(path, 'utf8')).toBe(text);
    await chmod(at('data/videochat.dataset.json'), 0o444);
    await put('in.json', '[{"video": "c.mp4", "caption": "C."}]');
    await expect(takeIn(file, 'videochat')).rejects.toMatchObject({ code: ErrorCode.AnnotationsNotWritten, data: { hint: expect.stringContaining('Allow writing') as unknown } });
    expect((await readdir(at('data'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes nothing from a file that is of another format, or breaks off', async () => {
    const wrong: [DatasetFormatName, string, RegExp][] = [
      ['llava', '[{"video": "a.mp4", "QA": []}]', /line 1.*"conversations" to be a list/],
      ['videochat', '[{"video": "a.mp4", "QA": [{"q": "a",\n "a": "b"}]},\n {"video"', /line 3/],
      ['videochat', 'video,start', /line 1.*a list or an object/],
      ['activitynet-captions', '[1, 2]', /a member for each clip/],
      ['csv', 'name,from\na,1\n', /column "video"/],
      ['csv', 'video,start,end\na,"1,2\n', /quotes in pairs/],
      ['charades-sta', 'some text\n', /VIDEO START END/],
      ['messages', '{"messages": "no"}\n', /"messages" to be a list/],
    ];
    for (const [format, text, message] of wrong) {
      const file = await put('in.json', text);
      await expect(takeIn(file, format), format).rejects.toMatchObject({ code: ErrorCode.FormatInvalid, message: expect.stringMatching(message) });
    }
    expect(await documents()).toEqual([]);
    expect(await readdir(at('data'))).toEqual([]);
  });

  it('sweeps up after one that was killed on another machine an hour ago', async () => {
    const left = await put('data/annotations/a.mp4.videochat.json.123.00000a1b2c3d.tmp', '{"half":');
    const fresh = await put('data/annotations/b.mp4.videochat.json.123.00000a1b2c3e.tmp', '{"half":');
    await put('data/videochat.dataset.json', '{"format": "videochat-dataset", "version": 1, "annotations": "annotations", "media": ["../media"]}');
    await utimes(left, 1, 1);
    await takeIn(await put('in.json', '[{"video": "a.mp4", "caption": "A."}]'), 'videochat');
    expect((await readdir(at('data/annotations'))).sort()).toEqual(['a.mp4.videochat.json', basename(fresh)]);
  });

  it('can be cancelled and done again', async () => {
    const entries = Array.from({ length: 3000 }, (_, i) => ({ video: `${i % 100}.mp4`, QA: [{ q: `q${i}`, a: 'a' }] }));
    const file = await put('in.json', JSON.stringify(entries));
    const source = cancellationSource();
    const params = { file, format: 'videochat', mediaFolder: at('media'), dataset: at('data') } as const;
    const stopAtWriting = ({ done }: { done: number }): void => (done > 0 ? source.cancel() : undefined);
    await expect(importDataset(params, { token: source.token, progress: stopAtWriting })).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    const written = await documents();
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(100);
    expect(await takeIn(file, 'videochat')).toMatchObject({ items: 3000, documents: 100 });
    await giveOut('videochat');
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual(entries);
  });
});
