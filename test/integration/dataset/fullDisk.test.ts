import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NewDocuments } from '../../../extension/annotate/newDocument.js';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import { importDataset } from '../../../server/dataset/import/importDataset.js';
import { SpillFiles } from '../../../server/dataset/spillFiles.js';
import { AnnotateBatchRequest, type AnnotateBatchResult, DatasetListRequest, DatasetOpenRequest, emptyAnnotations, ErrorCode } from '../../../server/protocol/index.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { SmallDisk, smallDiskMissing } from '../../fakes/smallDisk.js';

const quiet = { progress: () => undefined };
const full = { code: ErrorCode.DiskFull, data: { hint: expect.stringContaining('Make room') as unknown } };

describe.skipIf(smallDiskMissing)(`a full disk${smallDiskMissing ? ` (${smallDiskMissing})` : ''}`, () => {
  let disk: SmallDisk;
  /** With room enough. */
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const names = async (): Promise<string[]> => (await readdir(disk.path, { recursive: true })).sort();
  const documents = async (): Promise<string[]> => (await names()).filter((name) => name.endsWith('.videochat.json'));
  const entries = Array.from({ length: 200 }, (_, i) => ({ video: `${i}.mp4`, QA: [{ q: `What is in ${i}?`, a: 'A ball. '.repeat(50) }] }));

  beforeEach(async () => {
    disk = await SmallDisk.mount(400);
    folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-full-')));
    await mkdir(at('media'));
    await writeFile(at('in.json'), JSON.stringify(entries));
  });
  afterEach(async () => {
    await disk.unmount();
    await rm(folder, { recursive: true });
  });

  const takeIn = () => importDataset({ file: at('in.json'), format: 'videochat', mediaFolder: at('media'), dataset: disk.at('data') }, quiet);
  const expectWhole = async (): Promise<void> => {
    for (const name of await documents()) {
      expect(readAnnotations(await readFile(disk.at(name), 'utf8')).problems, name).toBeUndefined();
    }
    expect((await names()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  };

  it('stops an import, which leaves whole documents and is completed when there is room', async () => {
    await disk.folder('data', 'annotations');
    const own = { ...emptyAnnotations({ path: '150.mp4' }), description: 'Mine.'.repeat(1500) };
    await writeFile(disk.at('data', 'annotations', '150.mp4.videochat.json'), writeAnnotations(own));
    const manifest = { format: 'videochat-dataset', version: 1, media: [at('media')], annotations: 'annotations', own: 1 };
    await writeFile(disk.at('data', 'videochat.dataset.json'), JSON.stringify(manifest));
    await expect(takeIn()).rejects.toMatchObject(full);
    const written = (await documents()).length;
    expect(written).toBeGreaterThan(1);
    expect(written).toBeLessThan(200);
    await expectWhole();
    expect(JSON.parse(await readFile(disk.at('data', 'videochat.dataset.json'), 'utf8'))).toEqual(manifest);
    await disk.grow(4000);
    expect(await takeIn()).toMatchObject({ items: 200, documents: 200, skipped: 0 });
    await expectWhole();
    expect(JSON.parse(await readFile(disk.at('data', 'annotations', '150.mp4.videochat.json'), 'utf8'))).toMatchObject({ description: own.description, conversations: [{}] });
    await exportDataset({ dataset: disk.at('data'), format: 'videochat', out: at('out.json') }, quiet);
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toEqual(entries);
  });

  it('stops an export, which leaves the file of an earlier one as it was', async () => {
    await importDataset({ file: at('in.json'), format: 'videochat', mediaFolder: at('media'), dataset: at('data') }, quiet);
    await writeFile(disk.at('out.json'), 'an earlier one');
    await disk.fill(8);
    const before = await names();
    await expect(exportDataset({ dataset: at('data'), format: 'videochat', out: disk.at('out.json') }, quiet)).rejects.toMatchObject(full);
    expect(await readFile(disk.at('out.json'), 'utf8')).toBe('an earlier one');
    await expect(exportDataset({ dataset: at('data'), format: 'webvtt', out: disk.at('cues') }, quiet)).resolves.toBeDefined();
    await expect(exportDataset({ dataset: at('data'), format: 'messages', out: disk.at('new', 'out.jsonl') }, quiet)).rejects.toMatchObject(full);
    expect((await names()).filter((name) => !before.includes(name) && name !== 'new')).toEqual([]);
    await disk.free();
    await exportDataset({ dataset: at('data'), format: 'videochat', out: disk.at('out.json') }, quiet);
    expect(JSON.parse(await readFile(disk.at('out.json'), 'utf8'))).toEqual(entries);
  });

  it('stops the making of a document for a clip', async () => {
    await disk.fill();
    const place = { path: disk.at('a.mp4.videochat.json'), mediaPath: 'a.mp4' };
    await expect(new NewDocuments().create(place, undefined)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await names()).toEqual(['filler']);
    await disk.free();
    await new NewDocuments().create(place, undefined);
    expect(await documents()).toHaveLength(1);
    await expectWhole();
  });

  it('stops what waits in temporary files, and leaves none of them', async () => {
    vi.stubEnv('TMPDIR', disk.path);
    const heaps = new SpillFiles();
    try {
      const line = 'x'.repeat(100_000);
      const add = async (): Promise<void> => {
        for (let i = 0; i < 400; i++) {
          await heaps.add(i % 3, line);
        }
      };
      await expect(add()).rejects.toMatchObject(full);
    } finally {
      vi.unstubAllEnvs();
      await heaps.dispose();
    }
    expect(await names()).toEqual([]);
  });

  describe('under a server', () => {
    let fake: GatedParts;
    let host: ServerInProcess;
    let client: VideoChatClient;
    beforeEach(async () => {
      fake = new GatedParts();
      host = new ServerInProcess(fake.parts, disk.at('cache'));
      client = await host.connect();
      await disk.folder('data');
      for (const name of ['a.mp4', 'b.mp4', 'c.mp4']) {
        await writeFile(disk.at('data', name), name);
      }
    });
    afterEach(() => host.dispose());
    const suggest = (resume: boolean): Promise<AnnotateBatchResult> =>
      client.request(AnnotateBatchRequest, { path: disk.at('data'), task: 'description', modelId: 'tiny', concurrency: 1, resume });

    it('stops a batch before the model is asked for nothing, and lets it go on when there is room', async () => {
      const text = writeAnnotations({ ...emptyAnnotations({ path: 'a.mp4' }), segments: [{ id: 's', start: 0, end: 1, caption: 'Mine.' }] });
      await writeFile(disk.at('data', 'a.mp4.videochat.json'), text);
      await disk.fill();
      await expect(suggest(false)).rejects.toMatchObject(full);
      // With room for the journal's line and for nothing else.
      await disk.fill(4);
      await expect(suggest(false)).rejects.toMatchObject(full);
      expect(fake.prompts.length).toBeLessThan(3);
      expect(await readFile(disk.at('data', 'a.mp4.videochat.json'), 'utf8')).toBe(text);
      expect(await documents()).toHaveLength(1);
      await expectWhole();
      await disk.free();
      expect(await suggest(true)).toMatchObject({ clips: 3, done: 3, failed: [] });
      expect(await documents()).toHaveLength(3);
      await expectWhole();
    });

    it('costs the index of a dataset only its memory', async () => {
      await writeFile(disk.at('data', 'a.mp4.videochat.json'), writeAnnotations({ ...emptyAnnotations({ path: 'a.mp4' }), segments: [{ id: 's', start: 0, end: 1, label: 'x' }] }));
      await disk.fill();
      const { datasetId, clips } = await client.request(DatasetOpenRequest, { path: disk.at('data') });
      expect(clips).toBe(3);
      expect(await client.request(DatasetListRequest, { datasetId, filter: { label: 'x' }, offset: 0, count: 9 })).toMatchObject({ total: 1 });
      await host.dispose();
      expect((await names()).filter((name) => /\.(tmp|index)$/.test(name))).toEqual([]);
    });
  });
});
