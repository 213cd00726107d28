import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import {
  DatasetAgreementRequest,
  DatasetChangedNotification,
  DatasetCloseRequest,
  DatasetFolderRequest,
  DatasetListRequest,
  DatasetOpenRequest,
  DatasetReviewRequest,
  type DatasetSummary,
  DatasetUpdatedNotification,
  DatasetValidateRequest,
  ErrorCode,
  ServerStatusRequest,
} from '../../../server/protocol/index.js';
import { DatasetTree, segment } from '../../fixtures/datasetTree.js';
import { runCli } from '../cli/runCli.js';
import { buildServer, serverPath } from '../server/serverProcess.js';

const clips = 3000;
let tree: DatasetTree;
let cache: DatasetTree;
let client: VideoChatClient;

beforeAll(async () => {
  await buildServer();
  [tree, cache] = await Promise.all([DatasetTree.create(), DatasetTree.create()]);
  await tree.manifest({ name: 'Walks', labels: [{ name: 'run' }, { name: 'jump' }], splits: [{ name: 'train', clips: ['part-0/**'] }] });
  for (let i = 0; i < clips; i++) {
    const name = `part-${i % 10}/clip-${String(i).padStart(5, '0')}.mp4`;
    await tree.clip(name, i % 3 === 0 ? undefined : [segment('run', i % 3 === 1 ? 'suggested' : 'accepted', 'model'), segment('jump', 'accepted', 'Anna')]);
  }
  client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder: cache.path }, locale: 'zh-cn' } });
}, 300_000);
afterAll(async () => {
  await client?.dispose();
  await Promise.all([tree.remove(), cache.remove()]);
});

const open = (onProgress?: (value: { clips: number }) => void): Promise<DatasetSummary> =>
  client.request(DatasetOpenRequest, { path: tree.path }, onProgress ? { onProgress } : {});

describe('a dataset of thousands of clips at a real server', () => {
  it('is opened with progress, while other requests are answered', async () => {
    const seen: number[] = [];
    let isOpen = false;
    const opening = open(({ clips: count }) => void seen.push(count)).then((summary) => {
      isOpen = true;
      return summary;
    });
    let answered = 0;
    while (!isOpen) {
      await client.request(ServerStatusRequest, {});
      answered += isOpen ? 0 : 1;
    }
    const { progress, labels, annotators, manifest, problems, clips: count } = await opening;
    expect({ progress, count, problems, name: manifest.name }).toEqual({
      progress: { unlabelled: clips / 3, suggested: 0, inReview: clips / 3, done: clips / 3 },
      ...{ count: clips, problems: [], name: 'Walks' },
    });
    expect(labels).toEqual([{ label: 'jump', segments: (2 * clips) / 3 }, { label: 'run', segments: (2 * clips) / 3 }]);
    expect(annotators.map(({ annotator }) => annotator)).toEqual(['Anna', 'model']);
    expect(seen.length).toBeGreaterThan(0);
    expect(answered).toBeGreaterThan(0);
  });

  it('has one id however often it is opened, and pages, folders and filters', async () => {
    const [one, other] = await Promise.all([open(), open()]);
    expect(one.datasetId).toBe(other.datasetId);
    const { datasetId } = one;
    const { total, clips: page } = await client.request(DatasetListRequest, { datasetId, filter: { split: 'train', progress: ['unlabelled'] }, offset: 50, count: 100 });
    expect([total, page.length, page[0]?.split]).toEqual([100, 50, 'train']);
    const { folders } = await client.request(DatasetFolderRequest, { datasetId, folder: '' });
    expect(folders.map(({ path, clips: count }) => [path, count])).toEqual(Array.from({ length: 10 }, (_, i) => [`part-${i}`, 300]));
    expect(await client.request(DatasetFolderRequest, { datasetId, folder: 'part-3', offset: 299, count: 10 })).toMatchObject({ total: 300, clips: [{}] });
  });

  it('is reviewed from item to item, and follows what changes', async () => {
    const { datasetId } = await open();
    const first = await client.request(DatasetReviewRequest, { datasetId, count: 2 });
    expect([first.left, first.items.map(({ list }) => list)]).toEqual([clips / 3, ['segments', 'segments']]);
    const [item] = first.items;
    const name = item?.videoPath.slice(tree.path.length + 1) ?? '';
    await tree.document(name, { segments: [segment('run', 'accepted', 'model')] });
    client.notify(DatasetChangedNotification, { datasetId, paths: [tree.at(`${name}.videochat.json`)] });
    const second = await client.request(DatasetReviewRequest, { datasetId, count: 1 });
    expect([second.left, second.items[0]]).toEqual([clips / 3 - 1, first.items[1]]);
    await tree.manifest({ splits: [{ name: 'all', clips: ['**'] }] });
    client.notify(DatasetChangedNotification, { datasetId, paths: [tree.at('videochat.dataset.json')] });
    expect((await client.request(DatasetListRequest, { datasetId, filter: { split: 'all' }, offset: 0, count: 0 })).total).toBe(clips);
  });

  it('can be stopped while it is validated, and says what is wrong in the language of its client', async () => {
    const source = cancellationSource();
    const stopped = client.request(DatasetValidateRequest, { path: tree.path }, { token: source.token, onProgress: () => source.cancel() });
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    await tree.document('gone.mp4', {});
    const { files, errors, found } = await client.request(DatasetValidateRequest, { path: tree.path });
    expect([files, errors]).toEqual([(2 * clips) / 3 + 2, 1]);
    expect(found[0]?.problems[0]).toMatchObject({ code: 'mediaMissing', message: expect.stringMatching(/\p{Script=Han}/u), line: 4 });
  });

  it('is opened from its index at once, and tells what differs on disk', async () => {
    const told: DatasetSummary[] = [];
    const subscription = client.onNotification(DatasetUpdatedNotification, (summary) => told.push(summary));
    const before = await open();
    await client.request(DatasetCloseRequest, { datasetId: before.datasetId });
    const unchanged = await client.request(DatasetOpenRequest, { path: tree.path, fromIndex: true });
    expect(unchanged).toEqual({ ...before, datasetId: unchanged.datasetId, fromIndex: true });
    // Opening it once more waits until it is compared.
    expect(await open()).toEqual({ ...before, datasetId: unchanged.datasetId });
    expect(told).toEqual([]);
    await client.request(DatasetCloseRequest, { datasetId: unchanged.datasetId });

    await tree.clip('late/one.mp4', [segment('late', 'suggested')]);
    await tree.clip('late/inner/other.mp4', [segment('late', 'suggested')]);
    await tree.file('late/inner/videochat.dataset.json', '{"format":"videochat-dataset","version":1}');
    const { datasetId, clips: count } = await client.request(DatasetOpenRequest, { path: tree.path, fromIndex: true });
    expect(count).toBe(before.clips);
    await expect.poll(() => told.length, { timeout: 60_000 }).toBe(1);
    expect(told[0]).toMatchObject({ datasetId, clips: before.clips + 1, labels: expect.arrayContaining([{ label: 'late', segments: 1 }]) });
    expect((await client.request(DatasetFolderRequest, { datasetId, folder: 'late' })).clips.map(({ path }) => path)).toEqual(['late/one.mp4']);
    await tree.remove('late');
    client.notify(DatasetChangedNotification, { datasetId, paths: [tree.at('late')] });
    expect((await client.request(DatasetFolderRequest, { datasetId, folder: 'late' })).total).toBe(0);
    subscription.dispose();
  });

  it('compares its authors', async () => {
    const { pairs } = await client.request(DatasetAgreementRequest, { paths: [tree.path] });
    expect(pairs).toMatchObject([{ a: 'Anna', b: 'model' }]);
  });

  it('is gone once it is closed; wrong requests are answered', async () => {
    const { datasetId } = await open();
    await client.request(DatasetCloseRequest, { datasetId });
    await expect(client.request(DatasetListRequest, { datasetId, offset: 0, count: 1 })).rejects.toMatchObject({ code: ErrorCode.DatasetUnknown });
    await expect(client.request(DatasetOpenRequest, { path: tree.at('nowhere') })).rejects.toMatchObject({ code: ErrorCode.AnnotationsInvalid });
    await expect(client.request(DatasetListRequest, { datasetId, offset: -1, count: 1 })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    client.notify(DatasetChangedNotification, { datasetId: 'none', paths: ['relative'] });
    const source = cancellationSource();
    source.cancel();
    await expect(client.request(DatasetOpenRequest, { path: tree.path }, { token: source.token })).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect((await open()).clips).toBe(clips + 1);
  });
});

describe('videochat dataset', () => {
  it('validates with exit codes, lines, JSON and SARIF', async () => {
    const small = await DatasetTree.create();
    try {
      await small.manifest({ labels: [{ name: 'run' }] });
      await small.clip('a.mp4', [segment('fly')]);
      const options = { real: true, cwd: small.path, env: { VIDEOCHAT_CACHE: cache.path } };
      const warned = await runCli(['dataset', 'validate', '.'], options);
      expect([warned.code, warned.out]).toEqual([0, expect.stringMatching(/^a\.mp4\.videochat\.json:6:\d+: warning: The dataset has no label "fly"\. \[unknownLabel\]\n$/)]);
      expect(warned.err).toContain('2 files: 0 errors, 1 warnings');
      await writeFile(small.at('b.mp4.videochat.json'), '{');
      const failed = await runCli(['dataset', 'validate', '.', '--json'], options);
      expect([failed.code, JSON.parse(failed.out)]).toEqual([1, expect.objectContaining({ files: 3, errors: 1, warnings: 1 })]);
      const sarif = await runCli(['dataset', 'validate', '.', '--sarif'], options);
      expect(JSON.parse(sarif.out)).toMatchObject({ version: '2.1.0', runs: [{ results: [{ ruleId: 'unknownLabel' }, { ruleId: 'notJson' }] }] });
      expect((await runCli(['dataset', 'validate'], options)).code).toBe(2);
      expect((await runCli(['dataset', 'validate', 'nowhere'], options)).code).toBe(1);
      const agreement = await runCli(['dataset', 'agreement', '.', '.', '--min-iou', '0.7'], options);
      expect([agreement.code, agreement.out]).toEqual([0, expect.stringContaining('F1 1.000, mean overlap 1.000, kappa –')]);
      expect((await runCli(['dataset', 'agreement', '.', '--min-iou', '2'], options)).code).toBe(2);
    } finally {
      await small.remove();
    }
  });
});
