import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import type { ProbedFrames } from '../../../server/dataset/clipFrames.js';
import { importDataset } from '../../../server/dataset/import/importDataset.js';
import type { DatasetFormatName, DatasetImportResult, VideoFacts } from '../../../server/protocol/index.js';
import { toolGoldenFiles } from '../../unit/dataset/formats/toolGoldenFiles.js';
import { toolValues } from '../../unit/dataset/formats/toolValues.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-tools-')));
  await mkdir(join(folder, 'media'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const golden = (name: string): string => fileURLToPath(new URL(`../../golden/dataset/${name}`, import.meta.url));
const facts = { durationSeconds: 4, fps: 30, frameCount: 120, variableFrameRate: false } as VideoFacts;

function takeIn(file: string, format: DatasetFormatName, known: VideoFacts | undefined = facts): Promise<DatasetImportResult> {
  const probe = async (): Promise<ProbedFrames | undefined> => known && { facts: known };
  return importDataset({ file, format, mediaFolder: at('media'), dataset: at('data') }, { progress: () => undefined, probe });
}

describe('files of tools, through documents on disk', () => {
  it.each(toolGoldenFiles)('%s comes out as it went in, also when imported twice', async (name, { name: format }) => {
    for (const clip of ['4010069381', '2982312138', '3', 'street', 'a', 'b']) {
      await writeFile(at(`media/${clip}.mp4`), '');
    }
    await takeIn(golden(name), format);
    await takeIn(golden(name), format);
    const out = at(`out${extname(name)}`);
    await exportDataset({ dataset: at('data'), format, out }, { progress: () => undefined });
    expect(toolValues(name, await readFile(out, 'utf8'))).toEqual(toolValues(name, await readFile(golden(name), 'utf8')));
  });

  it('a folder of subtitles comes out with its names', async () => {
    await mkdir(at('subs/deep'), { recursive: true });
    const cues = (text: string): string => `1\n00:00:01,000 --> 00:00:02,000\n${text}\n`;
    await writeFile(at('subs/a.srt'), cues('A'));
    await writeFile(at('subs/deep/b.SRT'), cues('B'));
    expect(await takeIn(at('subs'), 'srt')).toMatchObject({ items: 2, documents: 2, missingMedia: 2 });
    await exportDataset({ dataset: at('data'), format: 'srt', out: at('out') }, { progress: () => undefined });
    expect((await readdir(at('out'), { recursive: true })).sort()).toEqual(['a.srt', 'deep', join('deep', 'b.SRT')]);
    expect(await readFile(at('out/deep/b.SRT'), 'utf8')).toBe(cues('B'));
  });

  it('says that frames of different lengths have no exact times', async () => {
    await writeFile(at('media/street.mp4'), '');
    const { problems } = await takeIn(golden('cvat_video.xml'), 'cvat', { ...facts, variableFrameRate: true });
    expect(problems).toEqual([{ index: 0, message: 'The frames of street.mp4 last differently: numbers of frames became times at the average rate.' }]);
  });
});
