import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VideoChatClient } from '../client/videoChatClient.js';
import { annotationSuffix, DatasetCloseRequest, DatasetFolderRequest, DatasetListRequest, DatasetOpenRequest, emptyAnnotations } from '../protocol/index.js';
import { writeAnnotations } from '../common/annotations/writeAnnotations.js';
import type { BenchResult } from './benchResult.js';
import { median, medianTime, timeOnce } from './measure.js';
import { peakMegabytes } from './peakMegabytes.js';

const clips = 100_000;
const perFolder = 500;

/** A dataset of 100,000 clips, each with a document: opening it again, against looking at every file without reading any. */
export async function benchDataset(folder: string, serverPath: string): Promise<BenchResult[]> {
  const path = join(folder, 'dataset');
  await makeDataset(path);
  const client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder: join(folder, 'cache') } } });
  try {
    const close = (datasetId: string): Promise<null> => client.request(DatasetCloseRequest, { datasetId });
    const first = await timeOnce(async () => close((await client.request(DatasetOpenRequest, { path })).datasetId));
    const opening = async (fromIndex: boolean): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 3; i++) {
        let datasetId = '';
        times.push(await timeOnce(async () => ({ datasetId } = await client.request(DatasetOpenRequest, { path, fromIndex }))));
        await close(datasetId);
      }
      return median(times);
    };
    const compared = await opening(false);
    const open = await opening(true);
    const { datasetId } = await client.request(DatasetOpenRequest, { path, fromIndex: true });
    const early = await medianTime(() => client.request(DatasetFolderRequest, { datasetId, folder: '' }), 3);
    const again = await medianTime(() => client.request(DatasetOpenRequest, { path }), 3);
    const root = await medianTime(() => client.request(DatasetFolderRequest, { datasetId, folder: '' }));
    let asked = 0;
    const filter = await medianTime(() => client.request(DatasetListRequest, { datasetId, filter: { label: 'jump', text: String(asked++) }, offset: 0, count: 100 }));
    const walk = await medianTime(() => lookAtAll(path), 3);
    return [
      {
        name: 'Opening 100,000 clips that were opened before, against looking at each file once (readdir and stat)',
        ratio: walk / open,
        numbers: [
          { label: 'opening from the index', value: open, unit: 'ms' },
          { label: 'the root while the files are looked at', value: early, unit: 'ms' },
          { label: 'opening once all files have been looked at', value: compared, unit: 'ms' },
          { label: 'most memory of the server', value: (await peakMegabytes(client.processId ?? 0)) ?? Number.NaN, unit: 'MiB' },
          { label: 'looking at all files', value: walk, unit: 'ms' },
          { label: 'bringing up to date', value: again, unit: 'ms' },
          { label: 'first time', value: first, unit: 'ms' },
          { label: 'the root', value: root, unit: 'ms' },
          { label: 'a new filter', value: filter, unit: 'ms' },
        ],
      },
    ];
  } finally {
    await client.dispose();
  }
}

async function makeDataset(path: string): Promise<void> {
  for (let from = 0; from < clips; from += perFolder) {
    const folder = join(path, `part-${String(from / perFolder).padStart(4, '0')}`);
    await mkdir(folder, { recursive: true });
    await Promise.all(
      Array.from({ length: perFolder }, async (_, i) => {
        const name = `clip-${String(from + i).padStart(6, '0')}.mp4`;
        const segments = [0, 1, 2].map((n) => ({
          ...{ id: `s-${n}`, start: n, end: n + 1, label: (i + n) % 7 === 0 ? 'jump' : 'run', caption: `Somebody is seen for the ${n}. time.` },
          provenance: { author: `annotator ${i % 5}`, status: (['suggested', 'accepted', 'edited'] as const)[(i + n) % 3] ?? 'accepted' },
        }));
        await writeFile(join(folder, name), '');
        await writeFile(join(folder, name + annotationSuffix), writeAnnotations({ ...emptyAnnotations({ path: name }), segments }));
      }),
    );
  }
}

/** What any program would do that wants to know whether something changed. */
async function lookAtAll(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  await Promise.all(entries.map((entry) => (entry.isDirectory() ? lookAtAll(join(path, entry.name)) : stat(join(path, entry.name)))));
}
