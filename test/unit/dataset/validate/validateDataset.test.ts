import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inEnglish } from '../../../../server/common/translator.js';
import { validateDataset, type ValidationOptions } from '../../../../server/dataset/validate/validateDataset.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { DatasetTree, segment } from '../../../fixtures/datasetTree.js';

let tree: DatasetTree;
let progress: { done: number; total: number }[];
beforeEach(async () => {
  tree = await DatasetTree.create();
  progress = [];
});
afterEach(() => tree.remove());

const validate = (options: Partial<ValidationOptions> = {}): ReturnType<typeof validateDataset> =>
  validateDataset(tree.path, { translate: inEnglish, progress: (value) => void progress.push(value), ...options });
/** Each problem with what stands at its place. */
const places = ({ found }: Awaited<ReturnType<typeof validate>>): string[] =>
  found.flatMap(({ path, problems }) => {
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    return problems.map(({ code, severity, line, column, length }) => {
      const what = lines[line - 1]?.slice(column - 1, column - 1 + length) ?? '?';
      return `${path.slice(tree.path.length + 1)}:${line} ${severity} ${code} ${what}`;
    });
  });

describe('validation of a dataset', () => {
  it('finds nothing where nothing is wrong', async () => {
    await tree.manifest({ labels: [{ name: 'run' }] });
    await tree.clip('a.mp4', [segment('run')]);
    expect(await validate()).toEqual({ files: 2, errors: 0, warnings: 0, found: [], truncated: false });
    expect(progress).toEqual([{ done: 1, total: 1 }]);
  });

  it('tells problems with their line and column', async () => {
    await tree.manifest({ labels: [{ name: 'run' }, { name: 'run' }] });
    await tree.clip('a.mp4', [segment('fly'), { ...segment('run'), start: 4, end: 3 }]);
    await tree.document('sub/gone.mp4', { segments: [segment('run')] });
    await tree.file('broken.mp4.videochat.json', '{\r\n  "format": oops\r\n}');
    const result = await validate();
    expect(places(result)).toEqual([
      'videochat.dataset.json:1 error duplicateId "run"',
      'a.mp4.videochat.json:6 warning unknownLabel "fly"',
      'a.mp4.videochat.json:7 error endBeforeStart 3',
      'broken.mp4.videochat.json:2 error notJson oops',
      'sub/gone.mp4.videochat.json:4 error mediaMissing "gone.mp4"',
    ]);
    expect(result).toMatchObject({ files: 4, errors: 4, warnings: 1, truncated: false });
  });

  it('leaves datasets inside to their own manifests, and says so', async () => {
    await tree.manifest({ labels: [{ name: 'run' }] });
    await tree.clip('a.mp4', [segment('run')]);
    await tree.clip('inner/b.mp4', [segment('fly')]);
    await tree.file('inner/videochat.dataset.json', '{"format":"videochat-dataset","version":1,"labels":[{"name":"fly"}]}');
    expect(await validate()).toEqual({ files: 2, errors: 0, warnings: 0, found: [], truncated: false, others: [tree.at('inner')] });
  });

  it('looks into clips only when asked to', async () => {
    await tree.clip('a.mp4');
    await tree.clip('b.mp4');
    await tree.document('a.mp4', { media: { path: 'a.mp4', sha256: 'a'.repeat(64) }, segments: [{ ...segment('x'), start: 0.51, end: 3 }] });
    await tree.document('b.mp4', { segments: [segment('x')] });
    expect((await validate()).found).toEqual([]);
    const probe: ValidationOptions['probe'] = async (path) => {
      if (path.endsWith('b.mp4')) {
        throw new VideoChatError(ErrorCode.VideoUnreadable, 'This is no video.');
      }
      return { sha256: 'b'.repeat(64), durationSeconds: 2, times: Float64Array.of(0, 0.5, 1, 1.5) };
    };
    const result = await validate({ probe });
    expect(result.found.flatMap(({ problems }) => problems.map(({ code }) => code))).toEqual(['mediaChanged', 'outOfRange', 'offFrame', 'mediaMissing']);
    expect(result.found[1]?.problems[0]?.message).toBe('The clip "b.mp4" cannot be read: This is no video.');
    const noFfmpeg = async (): Promise<never> => {
      throw new VideoChatError(ErrorCode.FfmpegMissing, 'ffmpeg was not found.');
    };
    await expect(validate({ probe: noFfmpeg })).rejects.toMatchObject({ code: ErrorCode.FfmpegMissing });
  });

  it('counts all problems and tells the first ten thousand', async () => {
    await tree.clip('a.mp4', Array.from({ length: 10_200 }, (_, i) => ({ ...segment('x'), start: i + 1, end: i })));
    const { errors, found, truncated } = await validate();
    expect([errors, found[0]?.problems.length, truncated]).toEqual([10_200, 10_000, true]);
  });

  it('refuses what is no folder', async () => {
    await tree.file('file');
    await expect(validateDataset(tree.at('file'), { translate: inEnglish, progress: () => undefined })).rejects.toMatchObject({
      code: ErrorCode.AnnotationsInvalid,
    });
  });
});
