import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { canBeSought } from '../../../server/media/canBeSought.js';
import { proxyMimeType, readFamily } from '../../../server/media/containerFamily.js';
import { makeProxy } from '../../../server/media/makeProxy.js';
import { decidePlayback } from '../../../server/media/playback.js';
import { proxyHeight, type ProxyRecipe } from '../../../server/media/proxyArguments.js';
import { decodeFrames, type RgbFrame } from '../../../server/video/decodeFrames.js';
import { type FfmpegTools, findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { planFrames } from '../../../server/video/planFrames.js';
import { frameSeconds, probeVideo, type ProbedVideo } from '../../../server/video/probeVideo.js';
import { ffmpegWithout } from '../../fakes/ffmpegWithout.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';

let tools: FfmpegTools;
beforeAll(async () => {
  tools = await findFfmpeg();
});
afterAll(removeTemporaryFolders);

async function proxyOf(video: ProbedVideo, recipe: ProxyRecipe, maker = tools): Promise<ProbedVideo> {
  const output = join(await temporaryFolder(), 'proxy.mp4');
  await makeProxy(video, recipe, maker, { output });
  return probeVideo(output, tools);
}

/** Mean of each of 8×8 fields of a picture: enough to tell frames of these clips apart, whatever their size. */
function fields({ width, height, data }: RgbFrame): number[] {
  const sums = new Array<number>(64 * 3).fill(0);
  const counts = new Array<number>(64 * 3).fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const field = Math.floor((y * 8) / height) * 8 + Math.floor((x * 8) / width);
      for (let c = 0; c < 3; c++) {
        sums[field * 3 + c]! += data[(y * width + x) * 3 + c]!;
        counts[field * 3 + c]!++;
      }
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, counts[i] ?? 1));
}

const distance = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;

async function shownAt(video: ProbedVideo, seconds: number[]): Promise<number[][]> {
  const plan = await planFrames(video, `at:${seconds.map((each) => each.toFixed(6)).join(',')}`);
  return (await decodeFrames(video, plan.indices, tools)).map(fields);
}

/** What the proxy shows at a time is nearer to what the original shows then than to what it shows before or after. */
async function expectSameFrames(video: ProbedVideo, proxy: ProbedVideo): Promise<void> {
  const count = video.facts.frameCount;
  const chosen = [...new Set([0, 1, Math.floor(count / 3), Math.floor(count / 2), Math.floor(count * 0.8), count - 2, count - 1])].filter((i) => i >= 0 && i < count);
  const times = chosen.map((frame) => {
    const next = frame + 1 < count ? frameSeconds(video, frame + 1) : video.facts.durationSeconds;
    return (frameSeconds(video, frame) + next) / 2;
  });
  const inProxy = await shownAt(proxy, times.map((each) => Math.min(each, proxy.facts.durationSeconds - 1e-3)));
  const neighbours = [...new Set(chosen.flatMap((i) => [i - 1, i, i + 1]))].filter((i) => i >= 0 && i < count);
  const originals = new Map((await decodeFrames(video, neighbours, tools)).map((frame, at) => [neighbours[at], fields(frame)]));
  for (const [at, frame] of chosen.entries()) {
    const here = distance(inProxy[at] ?? [], originals.get(frame) ?? []);
    for (const other of [frame - 1, frame + 1]) {
      const there = originals.get(other);
      // Frames that look the same cannot be told apart.
      if (there && distance(there, originals.get(frame) ?? []) > 0.5) {
        expect([frame, other, here < distance(inProxy[at] ?? [], there)]).toEqual([frame, other, true]);
      }
    }
  }
}

/** The proxy's frames have the original's times. A webm counts milliseconds, and begins with what an encoder of sound needs to begin. */
function expectSameTimes(video: ProbedVideo, proxy: ProbedVideo, [tolerance, mostDelay]: [number, number] = [1e-4, 0]): void {
  expect(proxy.facts.frameCount).toBe(video.facts.frameCount);
  for (let frame = 0; frame < video.facts.frameCount; frame++) {
    expect(Math.abs(frameSeconds(proxy, frame) - frameSeconds(video, frame))).toBeLessThan(tolerance);
  }
  const delay = ((proxy.index.ticks[0] ?? NaN) * proxy.timeBase.numerator) / proxy.timeBase.denominator;
  expect(delay).toBeGreaterThanOrEqual(0);
  expect(delay).toBeLessThanOrEqual(mostDelay);
  expect(proxy.soundStartSeconds ?? 0).toBeGreaterThan(-0.05);
}

describe('a proxy', () => {
  it.each<ClipName>([
    'plain', 'vfr', 'rotated90', 'oddSize', 'editList', 'cutStream', 'mpeg2', 'mpeg4Avi', 'vp8AltRef', 'animation', 'oneFrame', 'twoPictures',
    'soundLeads', 'lateStart', 'tenBits',
  ])('made again shows the frames of %s at their times', async (name) => {
    const video = await probeVideo(await makeClip({ name }), tools);
    const proxy = await proxyOf(video, { mode: 'transcode', height: proxyHeight(video, 96) });
    expectSameTimes(video, proxy);
    await expectSameFrames(video, proxy);
    expect(proxy.facts).toMatchObject({ codec: 'h264', rotationDegrees: 0 });
    expect(proxy.facts.height).toBeLessThanOrEqual(96);
    expect([proxy.facts.width % 2, proxy.facts.height % 2, proxy.pixelFormat]).toEqual([0, 0, 'yuv420p']);
  });

  it.each<ClipName>(['vfr', 'mkv', 'rotated90', 'transportStream', 'openGroups', 'soundLeads', 'soundLags'])(
    'with the picture copied shows the frames of %s at their times',
    async (name) => {
      const video = await probeVideo(await makeClip({ name }), tools);
      const proxy = await proxyOf(video, { mode: 'remux' });
      expectSameTimes(video, proxy);
      await expectSameFrames(video, proxy);
      expect(proxy.facts).toMatchObject({ codec: 'h264', width: video.facts.width, height: video.facts.height });
    },
  );

  it.each<[ClipName, string, string[]]>([
    ['plain', 'file', []],
    ['withSound', 'remux', ['mp3']],
    ['soundLeads', 'remux', ['mp3']],
    ['soundLags', 'remux', ['mp3']],
    ['mkv', 'remux', []],
    ['transportStream', 'remux', []],
    ['tenBits', 'transcode', []],
    ['vfr', 'transcode', []],
    ['vp8AltRef', 'file', []],
    ['vp9', 'transcode', []],
    ['mpeg4Avi', 'transcode', []],
    ['png', 'image', []],
  ])('of %s is chosen as %s, and plays everywhere', async (name, mode, sounds) => {
    const video = await probeVideo(await makeClip({ name }), tools);
    const { name: container } = await readFamily(video.facts.path, video.demuxer);
    expect(decidePlayback({ video, container }).mode).toBe(mode);
    if (mode !== 'remux' && mode !== 'transcode') return;
    const proxy = await proxyOf(video, mode === 'remux' ? { mode } : { mode, height: video.facts.height });
    expect(proxy.facts.streams.flatMap(({ kind, codec }) => (kind === 'audio' ? [codec] : []))).toEqual(sounds);
    expect(decidePlayback({ video: proxy, container: (await readFamily(proxy.facts.path, proxy.demuxer)).name })).toEqual({ mode: 'file', reason: '' });
    // Its index lies before its pictures, so that a player can begin at once.
    const file = await readFile(proxy.facts.path);
    expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'));
  });

  it.each<[ClipName, boolean]>([['plain', true], ['transportStream', true], ['openGroups', false], ['intraRefresh', false]])(
    'knows whether a player can jump in %s: %s',
    async (name, want) => {
      expect(await canBeSought(await probeVideo(await makeClip({ name }), tools), tools)).toBe(want);
    },
  );

  it('says how far it is, and stops when cancelled', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const output = join(await temporaryFolder(), 'proxy.mp4');
    const seen: number[] = [];
    await makeProxy(video, { mode: 'transcode', height: 120 }, tools, { output, onProgress: (fraction) => void seen.push(fraction) });
    expect(seen.at(-1)).toBeGreaterThan(0.9);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const source = new CancellationTokenSource();
    const cancelled = makeProxy(video, { mode: 'transcode', height: 120 }, tools, { output, token: source.token });
    source.cancel();
    await expect(cancelled).rejects.toMatchObject({ code: -32800 });
  });

  // The stand-in is a shell script.
  describe.skipIf(process.platform === 'win32')('of an ffmpeg that lacks encoders', () => {
    const pictures = ['libx264', 'libopenh264'];
    it.each<[string[], ClipName, ProxyRecipe['mode'], string, string[]]>([
      [['libmp3lame'], 'withSound', 'remux', 'h264', ['flac']],
      [['libx264'], 'plain', 'transcode', 'vp8', []],
      [['libx264', 'libmp3lame'], 'withSound', 'transcode', 'vp8', ['vorbis']],
      [['-preset', 'libopenh264'], 'plain', 'transcode', 'vp8', []],
      [pictures, 'vfr', 'transcode', 'vp8', []],
      [pictures, 'rotated90', 'transcode', 'vp8', []],
    ])('(%j) still plays everywhere, with the frames of %s at their times', async (lacks, name, mode, codec, sounds) => {
      const video = await probeVideo(await makeClip({ name }), tools);
      const maker = await ffmpegWithout(lacks, tools);
      const recipe: ProxyRecipe = mode === 'remux' ? { mode } : { mode, height: proxyHeight(video, 96) };
      const proxy = await proxyOf(video, recipe, maker);
      expectSameTimes(video, proxy, [1.1e-3, 4e-3]);
      await expectSameFrames(video, proxy);
      expect([proxy.facts.codec, proxy.facts.streams.flatMap((stream) => (stream.kind === 'audio' ? [stream.codec] : []))]).toEqual([codec, sounds]);
      const family = await readFamily(proxy.facts.path, proxy.demuxer);
      expect(await proxyMimeType(proxy.facts.path)).toBe(family.mimeType);
      expect(decidePlayback({ video: proxy, container: family.name })).toEqual({ mode: 'file', reason: '' });
    });

    it('that any copy needs says which one to install', async () => {
      const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
      const maker = await ffmpegWithout([...pictures, '-deadline'], tools);
      const output = join(await temporaryFolder(), 'proxy.mp4');
      await expect(makeProxy(video, { mode: 'transcode', height: 96 }, maker, { output })).rejects.toMatchObject({
        code: 209,
        message: expect.stringContaining('lacks the encoders') as string,
        data: { hint: expect.stringContaining('libx264') as string },
      });
    });
  });

  it('that cannot be written is an error with a hint', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const output = join(await temporaryFolder(), 'none', 'proxy.mp4');
    await expect(makeProxy(video, { mode: 'remux' }, tools, { output })).rejects.toMatchObject({ code: 209, data: { hint: expect.any(String) as string } });
    await expect(stat(output)).rejects.toThrow('ENOENT');
  });

  // Real clips lie beside the checkout of those who have them.
  const media = fileURLToPath(new URL('../../../../shared/media/', import.meta.url));
  const without = existsSync(media) ? '' : ' (skipped: the real clips are not beside this checkout)';
  it.skipIf(without !== '').each([['yoga.mp4', 'transcode'], ['vtest.avi', 'transcode'], ['jesse_dance.mp4', 'remux'], ['cup.mp4', 'remux']] as const)(
    `shows the frames of %s at their times (%s)${without}`,
    async (name, mode) => {
      const video = await probeVideo(media + name, tools);
      const proxy = await proxyOf(video, mode === 'remux' ? { mode } : { mode, height: proxyHeight(video, 240) });
      expectSameTimes(video, proxy);
      await expectSameFrames(video, proxy);
    },
    600_000,
  );
});
