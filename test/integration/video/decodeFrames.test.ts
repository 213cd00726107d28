import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { planFrames } from '../../../server/video/planFrames.js';
import { decodeFrames } from '../../../server/video/decodeFrames.js';
import { everyFrame } from '../../../server/video/decodeStretches.js';
import { type FfmpegTools, findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { frameSeconds, probeVideo, type ProbedVideo } from '../../../server/video/probeVideo.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';

const run = promisify(execFile);
let tools: FfmpegTools;
beforeAll(async () => {
  tools = await findFfmpeg();
});

/** MD5 of every frame of a plain full decode by ffmpeg, which rotates and applies edit lists as it sees fit. */
async function fullDecode({ facts, streamIndex }: ProbedVideo): Promise<string[]> {
  const scale = `scale=${facts.width}:${facts.height}:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24`;
  const { stdout } = await run(
    tools.ffmpeg,
    ['-v', 'quiet', '-nostdin', '-i', facts.path, '-map', `0:${streamIndex}`, '-vf', scale, ...everyFrame(tools.version), '-f', 'framehash', '-hash', 'md5', '-'],
    { maxBuffer: 1 << 28 },
  );
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/** @param secondsPerJump 0 seeks wherever it can; left out: as usual, which on a short clip is one pass */
async function expectExact(path: string, choose: (frameCount: number) => number[], secondsPerJump?: number): Promise<void> {
  const video = await probeVideo(path, tools);
  const hashes = await fullDecode(video);
  expect(video.facts.frameCount).toBe(hashes.length);
  const indices = choose(hashes.length);
  const frames = await decodeFrames(video, indices, tools, { secondsPerJump });
  expect(frames.map(({ data }) => createHash('md5').update(data).digest('hex'))).toEqual(indices.map((i) => hashes[i]));
  expect(frames.every(({ width, height }) => width === video.facts.width && height === video.facts.height)).toBe(true);
}

const scattered = (n: number): number[] => Array.from({ length: 9 }, (_, i) => (i * 7919 + 5) % n).concat(n - 1, 0, 0);

const exactClips: ClipName[] = [
  'plain', 'withSound', 'oneKeyFrame', 'vfr', 'mkv', 'rotated90', 'rotated180', 'rotated270', 'oddSize', 'editList', 'fragmented',
  'transportStream', 'cutStream', 'mpeg2', 'msmpeg4', 'mpeg4Avi', 'vp9', 'vp8AltRef', 'intraRefresh', 'openGroups', 'anamorphic',
  'animation', 'wmv', 'flv', 'oneFrame', 'onePixel', 'twoPictures', 'png', 'jpeg', 'webp', 'bmp', 'gif',
];

describe('decodeFrames', () => {
  it.each(exactClips)('gives the frames of a full decode: %s', async (name) => {
    await expectExact(await makeClip({ name }), scattered, 0);
  });

  it('gives every frame of a clip', async () => {
    await expectExact(await makeClip({ name: 'plain' }), (n) => Array.from({ length: n }, (_, i) => i));
  });

  // Real clips lie beside the checkout of those who have them.
  const media = fileURLToPath(new URL('../../../../shared/media/', import.meta.url));
  const without = existsSync(media) ? '' : ' (skipped: the real clips are not beside this checkout)';
  it.skipIf(without !== '').each(['cup.mp4', 'jesse_dance.mp4', 'yoga.mp4', 'vtest.avi'])(`is exact on %s${without}`, async (name) => {
    await expectExact(media + name, scattered);
  }, 600_000);

  it('reports progress once per different frame', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const seen: [number, number][] = [];
    await decodeFrames(video, [5, 50, 5, 95], tools, { onFrame: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([[1, 3], [2, 3], [3, 3]]);
  });

  it.each([[[100]], [[-1]], [[1.5]], [[NaN]]])('refuses frames that are not there: %j', async (indices) => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    await expect(decodeFrames(video, indices, tools)).rejects.toMatchObject({ code: 207 });
  });

  it('says so when the pictures are damaged', async () => {
    const video = await probeVideo(await makeClip({ name: 'damaged' }), tools);
    const all = Array.from({ length: video.facts.frameCount }, (_, i) => i);
    await expect(decodeFrames(video, all, tools)).rejects.toMatchObject({ code: 204 });
  });

  it.each([['plain', 64, 64, 48], ['rotated90', 80, 45, 80], ['vfr', 1, 1, 1], ['plain', 1000, 160, 120]] as const)('makes pictures of %s smaller than %i, and finds the same frames', async (name, maxSide, width, height) => {
    const video = await probeVideo(await makeClip({ name }), tools);
    const indices = [0, 7, video.facts.frameCount - 1];
    const small = await decodeFrames(video, indices, tools, { maxSide, secondsPerJump: 0 });
    expect(small.map((frame) => [frame.width, frame.height, frame.data.length])).toEqual(indices.map(() => [width, height, width * height * 3]));
    // The mean of a picture stays what it was: it is the same frame, and all of it.
    const whole = await decodeFrames(video, indices, tools);
    const mean = ({ data }: { data: Uint8Array }): number => data.reduce((sum, value) => sum + value, 0) / data.length;
    small.forEach((frame, i) => expect(Math.abs(mean(frame) - mean(whole[i] ?? frame))).toBeLessThan(width > 1 ? 3 : 80));
  });

  it('gives frames up that no key frame leads to, when it is impatient', async () => {
    const video = await probeVideo(await makeClip({ name: 'damaged' }), tools);
    await expect(decodeFrames(video, [50], tools, { impatient: true })).rejects.toMatchObject({ code: 204 });
    expect(await decodeFrames(video, [4, 95], tools, { impatient: true, secondsPerJump: 0 })).toHaveLength(2);
  });

  it('decodes only the groups of pictures it needs', async () => {
    const whole = await fullDecode(await probeVideo(await makeClip({ name: 'plain' }), tools));
    const damaged = await probeVideo(await makeClip({ name: 'damaged' }), tools);
    // The damage lies between these frames, and is not met on the way from one to the other.
    const frames = await decodeFrames(damaged, [4, 95], tools, { secondsPerJump: 0 });
    expect(frames.map(({ data }) => createHash('md5').update(data).digest('hex'))).toEqual([whole[4], whole[95]]);
  });

  it('stops when cancelled, before and while decoding', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const source = new CancellationTokenSource();
    const decoding = decodeFrames(video, [10, 90], tools, { token: source.token, onFrame: () => source.cancel() });
    await expect(decoding).rejects.toMatchObject({ code: -32800 });
    await expect(decodeFrames(video, [1], tools, { token: source.token })).rejects.toMatchObject({ code: -32800 });
    // Nothing is left that stands in the way of the next one.
    expect(await decodeFrames(video, [1], tools)).toHaveLength(1);
  });
});

describe('planFrames', () => {
  it('tells the true times of a clip with a variable frame rate', async () => {
    const video = await probeVideo(await makeClip({ name: 'vfr' }), tools);
    const plan = await planFrames(video, 'videochat:8');
    // Every 5th and 7th frame of 30 per second after the first second: far from index ÷ average rate.
    expect(plan.seconds).toEqual(plan.indices.map((index) => frameSeconds(video, index)));
    for (const seconds of plan.seconds) {
      expect(Math.abs(seconds * 30 - Math.round(seconds * 30))).toBeLessThan(1e-6);
    }
    expect(video.facts.variableFrameRate).toBe(true);
    expect(plan.seconds.some((seconds, i) => Math.abs(seconds - (plan.indices[i] ?? 0) / video.facts.fps) > 0.3)).toBe(true);
  });

  it('keeps to a span', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const span = { startSeconds: 1, endSeconds: 2 };
    expect((await planFrames(video, 'all@1-2')).indices).toEqual(Array.from({ length: 25 }, (_, i) => 25 + i));
    // int(25 + 25/8/2 + rint(25/8·i))
    expect((await planFrames(video, 'videochat:8', span)).indices).toEqual([26, 29, 32, 35, 38, 42, 45, 48]);
    expect(await planFrames(video, 'fps:2', { startSeconds: 3, endSeconds: 90 })).toMatchObject({
      span: { startSeconds: 3, endSeconds: 4 },
      indices: [81, 94],
    });
    expect((await planFrames(video, 'at:0,1.99,2,4')).indices).toEqual([0, 49, 50, 99]);
    await expect(planFrames(video, 'videochat:8', { startSeconds: 4, endSeconds: 5 })).rejects.toMatchObject({ code: 207 });
    await expect(planFrames(video, 'middle:4@1-2', span)).rejects.toMatchObject({ code: 207 });
    await expect(planFrames(video, 'all', undefined, 64)).rejects.toMatchObject({ code: 207 });
  });

  it('looks at an image once', async () => {
    const video = await probeVideo(await makeClip({ name: 'jpeg' }), tools);
    const plan = await planFrames(video, 'videochat:8');
    expect(plan).toMatchObject({ indices: [0], seconds: [0] });
    expect(String(plan.reason)).toBe('The picture itself');
  });
});
