import { readFileSync, writeFileSync } from 'node:fs';
import { chmod, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../../server/common/cancellation.js';
import { DatasetFolder } from '../../../../server/dataset/datasetFolder.js';
import { DatasetIndex, type IndexSummary } from '../../../../server/dataset/index/datasetIndex.js';
import { annotationSuffix, type DatasetManifest, ErrorCode } from '../../../../server/protocol/index.js';
import { DatasetTree, segment } from '../../../fixtures/datasetTree.js';

let tree: DatasetTree;
let cache: DatasetTree;
let index: DatasetIndex;
const folder = (manifest: Partial<DatasetManifest> = {}): DatasetFolder =>
  new DatasetFolder(tree.path, { format: 'videochat-dataset', version: 1, ...manifest });
const quiet = (): void => undefined;
const open = (manifest?: Partial<DatasetManifest>): Promise<IndexSummary> => index.update(folder(manifest), quiet);
const paths = async (filter = {}): Promise<string[]> => (await index.list({ filter, offset: 0, count: 1000 })).clips.map(({ path }) => path);
const indexFile = async (): Promise<string> => cache.at((await readdir(cache.path)).find((name) => name.endsWith('.index')) ?? 'none');
/** Long enough ago for a change to have another time. */
const age = async (name: string): Promise<void> => utimes(tree.at(name + annotationSuffix), 1e9, 1e9);

beforeEach(async () => {
  tree = await DatasetTree.create();
  cache = await DatasetTree.create();
  index = new DatasetIndex(folder(), cache.path);
});
afterEach(async () => {
  await index.dispose();
  await Promise.all([tree.remove(), cache.remove()]);
});

describe('the index of a dataset', () => {
  it('finds clips and documents, in the order of paths, and counts them', async () => {
    await tree.clip('b/two.MKV', [segment('run', 'suggested', 'model'), segment('run', 'accepted', 'model')]);
    await tree.clip('a.mp4', [segment('jump', 'suggested', 'model')]);
    await tree.clip('b.mp4');
    await tree.clip('c/three.webm', [segment('run', undefined, 'Anna'), segment('', undefined, 'Anna')]);
    await tree.file('notes.txt');
    expect(await open()).toEqual({
      clips: 4,
      progress: { unlabelled: 1, suggested: 1, inReview: 1, done: 1 },
      labels: [{ label: 'run', segments: 3 }, { label: '', segments: 1 }, { label: 'jump', segments: 1 }],
      annotators: [{ annotator: 'model', items: 3 }, { annotator: 'Anna', items: 2 }],
    });
    expect(await paths()).toEqual(['a.mp4', 'b.mp4', 'b/two.MKV', 'c/three.webm']);
    const { clips } = await index.list({ offset: 2, count: 1 });
    expect(clips).toEqual([
      { path: 'b/two.MKV', videoPath: tree.at('b/two.MKV'), documentPath: tree.at('b/two.MKV.videochat.json'), progress: 'inReview', toReview: 1, items: 2 },
    ]);
  });

  it('filters by everything, all filters together, an item at a time', async () => {
    await tree.clip('one.mp4', [segment('run', 'suggested', 'model'), segment('jump', 'accepted', 'Anna')]);
    await tree.clip('sub/two.mp4', [segment('run', 'accepted', 'Anna')]);
    await tree.clip('subway.mp4');
    await open({ splits: [{ name: 'train', clips: ['sub/**'] }] });
    expect(await paths({ text: 'SUB' })).toEqual(['sub/two.mp4', 'subway.mp4']);
    expect(await paths({ progress: ['unlabelled', 'done'] })).toEqual(['sub/two.mp4', 'subway.mp4']);
    expect(await paths({ label: 'run' })).toEqual(['one.mp4', 'sub/two.mp4']);
    expect(await paths({ label: 'run', status: 'accepted' })).toEqual(['sub/two.mp4']);
    expect(await paths({ annotator: 'Anna', label: 'jump' })).toEqual(['one.mp4']);
    expect(await paths({ split: 'train' })).toEqual(['sub/two.mp4']);
    expect(await paths({ folder: 'sub' })).toEqual(['sub/two.mp4']);
    expect(await paths({ folder: 'sub', text: 'way' })).toEqual([]);
  });

  it('shows folders with counts, and clips of a folder in pages', async () => {
    await tree.clip('a/1.mp4', [segment('x')]);
    await tree.clip('a/b/2.mp4');
    await tree.clip('a-b/3.mp4');
    await tree.clip('z.mp4');
    await open();
    const root = await index.folder({ folder: '' });
    expect(root.folders).toEqual([
      { path: 'a-b', clips: 1, progress: { unlabelled: 1, suggested: 0, inReview: 0, done: 0 } },
      { path: 'a', clips: 2, progress: { unlabelled: 1, suggested: 0, inReview: 0, done: 1 } },
    ]);
    expect(root.clips.map(({ path }) => path)).toEqual(['z.mp4']);
    const a = await index.folder({ folder: 'a', offset: 1 });
    expect([a.folders.map(({ path }) => path), a.clips, a.total]).toEqual([['a/b'], [], 1]);
    expect((await index.folder({ folder: '', filter: { progress: ['done'] } })).folders).toHaveLength(1);
  });

  it('reads only what changed, also in another process', async () => {
    await tree.clip('a.mp4', [segment('x')]);
    await tree.clip('b.mp4', [segment('x')]);
    await age('a.mp4');
    await age('b.mp4');
    await open();
    await index.dispose();
    // The same size and time: nobody looks inside.
    const before = await readFile(tree.at('a.mp4.videochat.json'), 'utf8');
    await writeFile(tree.at('a.mp4.videochat.json'), before.replace('"x"', '"y"'));
    await age('a.mp4');
    index = new DatasetIndex(folder(), cache.path);
    expect((await open()).labels).toEqual([{ label: 'x', segments: 2 }]);
    await utimes(tree.at('a.mp4.videochat.json'), 1e9, 1e9 + 1);
    expect((await open()).labels).toEqual([{ label: 'x', segments: 1 }, { label: 'y', segments: 1 }]);
  });

  it('is made anew from a damaged file', async () => {
    await tree.clip('a.mp4', [segment('x')]);
    await age('a.mp4');
    const first = await open();
    await index.dispose();
    const file = await indexFile();
    const data = await readFile(file);
    for (const damaged of [Buffer.alloc(0), data.subarray(0, data.length - 9), Buffer.from(data.toString().replace('"x"', '"q"')), Buffer.from('[1]')]) {
      await writeFile(file, damaged);
      index = new DatasetIndex(folder(), cache.path);
      expect(await open()).toEqual(first);
      await index.dispose();
    }
  });

  it('looks again at what it is told of', async () => {
    await tree.clip('a.mp4', [segment('x', 'suggested')]);
    await tree.clip('b.mp4');
    await open();
    await tree.document('a.mp4', { segments: [segment('x', 'accepted')] });
    await tree.document('b.mp4', { segments: [segment('x', 'suggested')] });
    expect(await paths({ progress: ['done'] })).toEqual([]);
    index.changed([tree.at('a.mp4.videochat.json'), tree.at('b.mp4.videochat.json'), tree.at('notes.txt')]);
    expect([await paths({ progress: ['done'] }), await paths({ progress: ['suggested'] })]).toEqual([['a.mp4'], ['b.mp4']]);
    await tree.clip('new/c.mp4');
    await tree.remove('b.mp4');
    await tree.remove('a.mp4.videochat.json');
    index.changed([tree.at('new'), tree.at('b.mp4'), tree.at('a.mp4.videochat.json')]);
    const { clips } = await index.list({ offset: 0, count: 9 });
    expect(clips.map(({ path, items, missing }) => [path, items, missing])).toEqual([['a.mp4', 0, undefined], ['b.mp4', 1, true], ['new/c.mp4', 0, undefined]]);
  });

  it('is not led astray by hostile trees', async () => {
    await tree.clip('real.mp4');
    await symlink(tree.path, tree.at('loop'));
    await symlink('/', tree.at('out'));
    await symlink(tree.at('gone.mp4'), tree.at('dangling.mp4'));
    await symlink(tree.at('real.mp4'), tree.at('linked.mp4'));
    await symlink('/etc/passwd', tree.at('real.mp4.videochat.json'));
    await tree.clip('node_modules/x.mp4');
    await tree.clip('.git/x.mp4');
    await tree.clip('folder.mp4/line\nbreak "quoted".mp4');
    await tree.clip('folder.mp4/b.mp4.videochat.json/c.mp4');
    await tree.file('broken.mp4.videochat.json', '{"format":');
    await tree.file('big.mp4.videochat.json', `[${'0,'.repeat(5_000_000)}0]`);
    await tree.file('locked/x.mp4');
    await chmod(tree.at('locked'), 0o000);
    await open();
    await chmod(tree.at('locked'), 0o755);
    const { clips } = await index.list({ offset: 0, count: 100 });
    const seen = clips.filter(({ path }) => !path.startsWith('locked/'));
    expect(seen.map(({ path, broken, missing }) => [path, broken ?? false, missing ?? false])).toEqual([
      ['big.mp4', true, true],
      ['broken.mp4', true, true],
      ['dangling.mp4', false, true],
      ['folder.mp4/b.mp4.videochat.json/c.mp4', false, false],
      ['folder.mp4/line\nbreak "quoted".mp4', false, false],
      ['linked.mp4', false, false],
      ['real.mp4', false, false],
    ]);
  });

  it('joins documents with clips that lie apart or have other names', async () => {
    const manifest = { media: ['videos', 'more'], annotations: 'labels' };
    await tree.clip('videos/a/1.mp4');
    await tree.clip('more/2.mp4');
    await tree.clip('more/3.mp4');
    await tree.document('labels/a/1.mp4', { media: { path: 'a/1.mp4' } });
    await tree.document('labels/2.mp4', { media: { path: '2.mp4' }, segments: [segment('x')] });
    await tree.document('labels/other', { media: { path: '3.mp4' }, segments: [segment('y', 'suggested')] });
    await open(manifest);
    const { clips } = await index.list({ offset: 0, count: 9 });
    expect(clips.map(({ path, documentPath, items }) => [path, documentPath.slice(tree.path.length + 1), items])).toEqual([
      ['more/2.mp4', 'labels/2.mp4.videochat.json', 1],
      ['more/3.mp4', 'labels/other.videochat.json', 1],
      ['videos/a/1.mp4', 'labels/a/1.mp4.videochat.json', 0],
    ]);
    const { items } = await index.review({ count: 9 });
    expect(items.map(({ videoPath, documentPath }) => [videoPath, documentPath])).toEqual([[tree.at('more/3.mp4'), tree.at('labels/other.videochat.json')]]);
  });

  it('stops when it is told to, and keeps what it has read', async () => {
    for (let i = 0; i < 300; i++) {
      await tree.clip(`${i}.mp4`, [segment(`label ${i}`.repeat(50))]);
    }
    const source = cancellationSource();
    source.cancel();
    await expect(index.update(folder(), quiet, source.token)).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect((await open()).clips).toBe(300);
  });
});

describe('an index that was made before', () => {
  const again = async (manifest?: Partial<DatasetManifest>): Promise<[IndexSummary | undefined, IndexSummary[]]> => {
    await index.dispose();
    const told: IndexSummary[] = [];
    index = new DatasetIndex(folder(manifest), cache.path, (summary) => told.push(summary));
    return [await index.recall(folder(manifest)), told];
  };
  const all = async (): Promise<unknown> => (await index.list({ offset: 0, count: 1000 })).clips;

  it('answers everything as it was, without a look at the files', async () => {
    const manifest = { media: ['videos', 'more'], annotations: 'labels', splits: [{ name: 'train', clips: ['a/**'] }] };
    await tree.clip('videos/a/1.mp4');
    await tree.clip('videos/a/none.mp4');
    await tree.clip('more/2.mp4');
    await tree.clip('more/3.mp4');
    await tree.clip('elsewhere/4.mp4');
    await tree.document('labels/a/1.mp4', { media: { path: 'a/1.mp4' }, segments: [segment('x', 'suggested', 'model')] });
    await tree.document('labels/other', { media: { path: '3.mp4' }, segments: [segment('y', 'suggested')] });
    await tree.document('labels/outside', { media: { path: '../elsewhere/4.mp4' } });
    await tree.document('labels/gone.mp4', { media: { path: 'gone.mp4' } });
    await tree.file('labels/broken.mp4.videochat.json', '{');
    const summary = await open(manifest);
    const before = await all();
    expect(before).toHaveLength(7);
    const [recalled, told] = await again(manifest);
    expect([recalled, await all()]).toEqual([summary, before]);
    expect(await paths({ split: 'train', label: 'x' })).toEqual(['videos/a/1.mp4']);
    // Nothing is different, so nothing is told.
    expect([await open(manifest), told]).toEqual([summary, []]);
    expect((await index.review({ count: 9 })).items).toHaveLength(2);
  });

  it('tells of what it finds to be different, once', async () => {
    for (const name of ['a.mp4', 'b.mp4', 'c.mp4']) {
      await tree.clip(name, [segment('x', 'suggested')]);
    }
    const summary = await open();
    await tree.document('a.mp4', { segments: [segment('x', 'accepted'), segment('y', 'accepted')] });
    await tree.remove('b.mp4');
    await tree.remove('b.mp4.videochat.json');
    await tree.clip('d/e.mp4');
    const [recalled, told] = await again();
    expect([recalled, await paths()]).toEqual([summary, ['a.mp4', 'b.mp4', 'c.mp4']]);
    const updating = open();
    // Whoever asks meanwhile does not wait; what a review shows is read from the disk all the same.
    expect((await index.review({ count: 9 })).items.map(({ documentPath }) => documentPath)).toEqual([tree.at('c.mp4.videochat.json')]);
    const now = await updating;
    expect(now).toMatchObject({ clips: 3, progress: { unlabelled: 1, suggested: 1, done: 1 } });
    expect(told).toEqual([now]);
    expect(await paths()).toEqual(['a.mp4', 'c.mp4', 'd/e.mp4']);
    await open();
    expect(told).toHaveLength(1);
  });

  it('tells of a change that nothing but a file time shows only where an answer would be another', async () => {
    await tree.clip('a.mp4', [segment('x')]);
    await open();
    const [, told] = await again();
    await age('a.mp4');
    await open();
    expect(told).toEqual([]);
  });

  it('shows a change that comes while files are looked at, and looks again afterwards', async () => {
    // The index reports after so many documents.
    await Promise.all(Array.from({ length: 1000 }, (_, i) => tree.clip(`${i}.mp4`, [segment('x', 'suggested')])));
    await open();
    const [, told] = await again();
    const document = tree.at('7.mp4.videochat.json');
    let asked: Promise<string[]> | undefined;
    await index.update(folder(), () => {
      if (!asked) {
        writeFileSync(document, readFileSync(document, 'utf8').replace('suggested', 'accepted'));
        writeFileSync(tree.at('new.mp4'), '');
        index.changed([document, tree.at('new.mp4')]);
        asked = paths({ progress: ['done'] });
      }
    });
    expect(await asked).toEqual(['7.mp4']);
    expect(told).toHaveLength(1);
    expect([await paths({ progress: ['done'] }), await paths({ text: 'new' })]).toEqual([['7.mp4'], ['new.mp4']]);
  });

  it('does not answer for a manifest that lays clips out otherwise', async () => {
    await tree.clip('videos/a.mp4', [segment('x')]);
    await open();
    expect((await again({ media: ['videos'] }))[0]).toBeUndefined();
    expect((await again({ annotations: 'labels' }))[0]).toBeUndefined();
    expect((await again())[0]).toMatchObject({ clips: 1 });
    expect(await index.recall(folder({ splits: [{ name: 'all', clips: ['**'] }] }))).toBeUndefined();
  });

  it('is not believed where it was interrupted before it had seen all, but what it read is kept', async () => {
    await tree.clip('a.mp4', [segment('x')]);
    const source = cancellationSource();
    const stopped = index.update(folder(), quiet, source.token);
    source.cancel();
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect((await again())[0]).toBeUndefined();
    expect(await index.recall(folder())).toBeUndefined();
    expect((await open()).clips).toBe(1);
  });

  it('loses no change that an interrupted update was to look at', async () => {
    await tree.clip('a.mp4');
    await open();
    await tree.clip('b.mp4');
    index.changed([tree.at('b.mp4')]);
    const source = cancellationSource();
    source.cancel();
    await expect(index.update(folder(), quiet, source.token)).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(await paths()).toEqual(['a.mp4', 'b.mp4']);
  });
});

describe('a dataset inside a dataset', () => {
  beforeEach(async () => {
    await tree.manifest({});
    await tree.clip('a.mp4', [segment('x')]);
    await tree.clip('inner/b.mp4', [segment('y')]);
    await tree.clip('inner/deep/c.mp4', [segment('y')]);
  });

  it('is not part of the one around it, from the moment it has a manifest', async () => {
    expect((await open()).clips).toBe(3);
    await tree.file('inner/videochat.dataset.json', '{"format":"videochat-dataset","version":1}');
    index.changed([tree.at('inner/videochat.dataset.json')]);
    expect(await paths()).toEqual(['a.mp4']);
    await tree.document('inner/b.mp4', { segments: [] });
    index.changed([tree.at('inner/b.mp4.videochat.json'), tree.at('inner')]);
    expect(await paths()).toEqual(['a.mp4']);
    await tree.remove('inner/videochat.dataset.json');
    index.changed([tree.at('inner/videochat.dataset.json')]);
    expect(await paths()).toEqual(['a.mp4', 'inner/b.mp4', 'inner/deep/c.mp4']);
  });

  it('is part of one that names it as a media folder, as is the dataset itself below its own media folder', async () => {
    await tree.file('inner/videochat.dataset.json', '{"format":"videochat-dataset","version":1}');
    expect((await open({ media: ['inner'] })).clips).toBe(2);
    expect((await open({ media: ['.', 'inner'] })).clips).toBe(3);
    const inner = new DatasetIndex(folder(), cache.path);
    const own = new DatasetFolder(tree.at('inner'), { format: 'videochat-dataset', version: 1, media: ['..'], annotations: 'labels' });
    expect((await inner.update(own, quiet)).clips).toBe(3);
    await inner.dispose();
  });
});

describe('a review', () => {
  it('goes through items in order, from document to document', async () => {
    const [a1, a2, b1, c1] = [segment('x', 'suggested'), segment('y', 'suggested'), segment('x', 'accepted'), segment('x', 'suggested')];
    await tree.clip('a.mp4', [a1, segment('x'), a2]);
    await tree.clip('b.mp4', [b1]);
    await tree.clip('c.mp4', [c1]);
    await open();
    const ids = async (params: Partial<Parameters<DatasetIndex['review']>[0]> = {}): Promise<[string[], number]> => {
      const { items, left } = await index.review({ count: 10, ...params });
      return [items.map(({ itemId }) => itemId), left];
    };
    const a = join(tree.path, 'a.mp4.videochat.json');
    expect(await ids()).toEqual([[a1.id, a2.id, c1.id], 3]);
    expect(await ids({ count: 1 })).toEqual([[a1.id], 3]);
    expect(await ids({ after: { documentPath: a, itemId: a1.id }, count: 1 })).toEqual([[a2.id], 2]);
    expect(await ids({ after: { documentPath: a, itemId: a2.id } })).toEqual([[c1.id], 1]);
    expect(await ids({ after: { documentPath: a } })).toEqual([[c1.id], 1]);
    expect(await ids({ filter: { label: 'y' } })).toEqual([[a2.id], 1]);
    expect(await ids({ filter: { status: 'accepted' } })).toEqual([[b1.id], 1]);
    // What was deleted meanwhile does not end the review.
    expect(await ids({ after: { documentPath: a, itemId: 'gone' } })).toEqual([[a1.id, a2.id, c1.id], 3]);
    await tree.remove('a.mp4.videochat.json');
    index.changed([a]);
    expect(await ids({ after: { documentPath: a, itemId: a1.id } })).toEqual([[c1.id], 1]);
  });
});
