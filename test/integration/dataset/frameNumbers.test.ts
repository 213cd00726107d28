import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ProbedFrames } from '../../../server/dataset/clipFrames.js';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import { importDataset } from '../../../server/dataset/import/importDataset.js';
import type { AnnotationDocument, DatasetFormatName, DatasetImportResult } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { frameTimes, probeVideo } from '../../../server/video/probeVideo.js';
import { copyClip, makeClip } from '../../media/makeClip.js';

let folder: string;
let decoded: number[];
beforeAll(async () => {
  const { ffprobe } = await findFfmpeg();
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0', await makeClip({ name: 'vfr' })];
  const { stdout } = await promisify(execFile)(ffprobe, args);
  const times = stdout.trim().split(/\s+/).map((line) => Number(line.replace(/,.*/, '')));
  decoded = times.map((time) => Math.round((time - (times[0] ?? 0)) * 1e6) / 1e6);
});
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-frames-')));
  await mkdir(join(folder, 'media'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const putClip = (): Promise<string> => copyClip('vfr', at('media/vfr.mp4'));

async function probe(path: string): Promise<ProbedFrames | undefined> {
  const video = await probeVideo(path, await findFfmpeg());
  return { facts: video.facts, times: frameTimes(video) };
}

async function takeIn(text: string, format: DatasetFormatName): Promise<DatasetImportResult> {
  const file = at(`in${endings[format] ?? '.json'}`);
  await writeFile(file, text);
  return importDataset({ file, format, mediaFolder: at('media'), dataset: at('data') }, { progress: () => undefined, probe });
}

async function giveOut(format: DatasetFormatName): Promise<string> {
  const out = at(`out${endings[format] ?? '.json'}`);
  await exportDataset({ dataset: at('data'), format, out }, { progress: () => undefined, probe });
  return readFile(out, 'utf8');
}

const endings: Partial<Record<DatasetFormatName, string>> = { cvat: '.xml' };
const documentPath = (): string => at('data/annotations/vfr.mp4.videochat.json');
async function edit(change: (document: AnnotationDocument) => void): Promise<void> {
  const document = JSON.parse(await readFile(documentPath(), 'utf8')) as AnnotationDocument;
  change(document);
  await writeFile(documentPath(), JSON.stringify(document));
}
async function spans(): Promise<number[][]> {
  const { segments } = JSON.parse(await readFile(documentPath(), 'utf8')) as AnnotationDocument;
  return segments.map(({ start, end }) => [start, end]);
}

// Frames 33 to 40 and 50, counted from 0, of a clip with steps of one, two and three thirtieths.
const files: [format: DatasetFormatName, text: string, frames: RegExp][] = [
  [
    'cvat',
    `<annotations><version>1.1</version><meta><task><source>vfr.mp4</source></task></meta><track id="0" label="run" source="manual">${[33, 41]
      .map((frame) => `<box frame="${frame}" keyframe="1" outside="${frame === 41 ? 1 : 0}" occluded="0" xtl="0" ytl="0" xbr="9" ybr="9" z_order="0"/>`)
      .join('')}</track><tag label="cut" frame="50"/></annotations>`,
    / frame="(\d+)"/g,
  ],
  [
    'fiftyone',
    JSON.stringify({ samples: [{ filepath: 'vfr.mp4', tags: [], events: { _cls: 'TemporalDetections', detections: [[34, 41], [51, 51]].map((support) => ({ _cls: 'TemporalDetection', label: 'run', support })) } }] }),
    /"support": ?\[(\d+), ?(\d+)\]/g,
  ],
  [
    'label-studio',
    JSON.stringify([{ id: 1, data: { video: 'vfr.mp4' }, annotations: [{ id: 1, result: [[34, 41], [51, 51]].map(([start, end], i) => ({ id: `r${i}`, from_name: 'labels', to_name: 'video', type: 'timelinelabels', value: { ranges: [{ start, end }], timelinelabels: ['run'] } })) }] }]),
    /"start": ?(\d+), ?"end": ?(\d+)/g,
  ],
  ['llovi', JSON.stringify({ vfr: { 33: 'A man.', 41: 'A dog.', 50: 'A cat.', 51: 'No cat.' } }), /"(\d+)":/g],
];
const framesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match.slice(1).join(' '));

describe.each(files)('frame numbers of %s in a clip whose frames last differently', (format, text, pattern) => {
  const wanted = (): (number | undefined)[] => [decoded[33], decoded[41], decoded[50], decoded[51]];

  it("are ffmpeg's frames", async () => {
    await putClip();
    expect((await takeIn(text, format)).problems).toEqual([]);
    expect(new Set((await spans()).flat())).toEqual(new Set([...wanted(), ...(format === 'llovi' ? [decoded[52]] : [])]));
  });

  it('come out as they went in, whether the clip is still there or not', async () => {
    const clip = await putClip();
    await takeIn(text, format);
    expect(framesIn(await giveOut(format), pattern)).toEqual(framesIn(text, pattern));
    await rm(clip);
    expect(framesIn(await giveOut(format), pattern)).toEqual(framesIn(text, pattern));
  });

  it('follow an edited time, and a new one', async () => {
    await putClip();
    await takeIn(text, format);
    await edit(({ segments }) => {
      const [first] = segments;
      if (first) {
        first.start = decoded[36] ?? 0;
      }
      segments.push({ id: 'new', start: decoded[55] ?? 0, end: decoded[60] ?? 0, label: 'jump' });
    });
    const out = framesIn(await giveOut(format), pattern).join(' ').split(' ').map(Number);
    const base = format === 'fiftyone' || format === 'label-studio' ? 1 : 0;
    expect(out).toEqual(expect.arrayContaining([36 + base, 55 + base]));
    expect(out).not.toContain(33 + base);
  });
});

describe('frame numbers where the clip cannot be looked at', () => {
  it('become times at the average rate, and that is said', async () => {
    const told = files[1]?.[1].replace('"tags":[]', '"tags":[],"metadata":{"frame_rate":20}') ?? '';
    const { problems } = await takeIn(told, 'fiftyone');
    expect(problems.map(({ message }) => message)).toEqual(['vfr.mp4 is not in the media folder: numbers of frames became times at the average rate.']);
    expect(await spans()).toEqual([[33 / 20, 41 / 20], [50 / 20, 51 / 20]]);
  });

  it('of another tool that has other frames are believed', async () => {
    await putClip();
    const told = files[1]?.[1].replace('"tags":[]', '"tags":[],"metadata":{"frame_rate":100,"total_frame_count":600}') ?? '';
    const { problems } = await takeIn(told, 'fiftyone');
    expect(problems.map(({ message }) => message)).toEqual(['The frames of vfr.mp4 last differently: numbers of frames became times at the average rate.']);
    expect(await spans()).toEqual([[0.33, 0.41], [0.5, 0.51]]);
  });
});

describe('new segments of a dataset that was never imported', () => {
  it('get the frames of the clip itself', async () => {
    await putClip();
    await mkdir(at('data/annotations'), { recursive: true });
    await writeFile(at('data/videochat.dataset.json'), JSON.stringify({ format: 'videochat-dataset', version: 1, media: ['../media'], annotations: 'annotations' }));
    const segments = [{ id: 'a', start: decoded[33], end: decoded[41], label: 'run' }];
    await writeFile(documentPath(), JSON.stringify({ format: 'videochat-annotations', version: 1, media: { path: 'vfr.mp4' }, segments, questions: [], conversations: [] }));
    expect(framesIn(await giveOut('fiftyone'), /"support": ?\[(\d+), ?(\d+)\]/g)).toEqual(['34 41']);
    expect(framesIn(await giveOut('cvat'), / frame="(\d+)"/g)).toEqual(['33', '41']);
  });
});
