import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { FfmpegFinder } from '../../../server/engine/ffmpegFinder.js';
import { type LibraryVideo, stampOf } from '../../../server/engine/videoLibrary.js';
import { FrameStore } from '../../../server/media/frameStore.js';
import { ProxyStore } from '../../../server/media/proxyStore.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { Gate } from '../../fakes/gate.js';
import { GatedParts, makeVideo } from '../../fakes/gatedParts.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const lane = { client: 'one', chat: 'two' };
let folder: string;
let fake: GatedParts;

beforeEach(async () => {
  folder = await temporaryFolder();
  fake = new GatedParts();
});
afterAll(removeTemporaryFolders);

async function openVideo(name = 'clip.mp4'): Promise<LibraryVideo> {
  const path = join(folder, name);
  await writeFile(path, name);
  return { opened: makeVideo(path), path, stamp: stampOf(await stat(path, { bigint: true })) };
}

const files = (inside: string): Promise<string[]> => readdir(join(folder, inside)).catch(() => []);
const token = (): CancellationTokenSource => new CancellationTokenSource();

describe('ProxyStore', () => {
  const store = (limitBytes = 1e6): ProxyStore => {
    const { media, video } = fake.parts;
    return new ProxyStore(join(folder, 'proxies'), limitBytes, media, new FfmpegFinder(video, undefined));
  };
  const ignore = (): void => undefined;

  it('makes a proxy once, however many ask, and tells all of them how far it is', async () => {
    fake.gates.proxy.close();
    const proxies = store();
    const video = await openVideo();
    const progress: number[][] = [[], [], []];
    const asked = progress.map((list) => proxies.get(video, { mode: 'remux' }, lane, token().token, (value) => void list.push(value)));
    await fake.gates.proxy.reached();
    fake.gates.proxy.open();
    const made = await Promise.all(asked);
    expect(new Set(made.map(({ path }) => path)).size).toBe(1);
    expect(await readFile(made[0]?.path ?? '', 'utf8')).toBe('a proxy');
    expect(fake.counts.proxy).toBe(1);
    expect(progress[0]).toEqual([0.5]);
    await store().get(video, { mode: 'remux' }, lane, token().token, ignore);
    expect(fake.counts.proxy).toBe(1);
  });

  it('keeps modes, heights and contents apart', async () => {
    const proxies = store();
    const [one, two] = [await openVideo('one.mp4'), await openVideo('two.mp4')];
    const paths = new Set<string>();
    for (const [video, recipe] of [[one, { mode: 'remux' }], [one, { mode: 'transcode', height: 720 }], [one, { mode: 'transcode', height: 360 }], [two, { mode: 'remux' }]] as const) {
      paths.add((await proxies.get(video, recipe, lane, token().token, ignore)).path);
    }
    expect(paths.size).toBe(4);
  });

  it('stops when the last of those who ask is gone, and leaves nothing', async () => {
    fake.gates.proxy.close();
    const proxies = store();
    const video = await openVideo();
    const sources = [token(), token()];
    const asked = sources.map((source) => proxies.get(video, { mode: 'remux' }, lane, source.token, ignore));
    asked.forEach((each) => void each.catch(() => undefined));
    await fake.gates.proxy.reached();
    sources[0]?.cancel();
    await expect(asked[0]).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(await files('proxies')).toEqual([]);
    sources[1]?.cancel();
    await expect(asked[1]).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    fake.gates.proxy.open();
    const again = await proxies.get(video, { mode: 'remux' }, lane, token().token, ignore);
    expect(await files('proxies')).toEqual([again.path.split(/[\\/]/).at(-1)]);
  });

  it('keeps nothing of a failure, and tries again', async () => {
    fake.failures.proxy = new VideoChatError(ErrorCode.FfmpegFailed, 'No room.');
    const proxies = store();
    const video = await openVideo();
    await expect(proxies.get(video, { mode: 'remux' }, lane, token().token, ignore)).rejects.toMatchObject({ message: 'No room.' });
    expect(await files('proxies')).toEqual([]);
    delete fake.failures.proxy;
    await proxies.get(video, { mode: 'remux' }, lane, token().token, ignore);
    expect(await files('proxies')).toHaveLength(1);
  });

  it('keeps nothing that was made while the file changed', async () => {
    fake.gates.proxy.close();
    const proxies = store();
    const video = await openVideo();
    const asked = proxies.get(video, { mode: 'remux' }, lane, token().token, ignore);
    asked.catch(() => undefined);
    await fake.gates.proxy.reached();
    await writeFile(video.path, 'something else');
    fake.gates.proxy.open();
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
    expect(await files('proxies')).toEqual([]);
  });

  it('makes room for new ones, but not of those in use', async () => {
    const proxies = store('a proxy'.length * 2);
    const held = await proxies.get(await openVideo('one.mp4'), { mode: 'remux' }, lane, token().token, ignore);
    const others = [];
    for (const name of ['two.mp4', 'three.mp4', 'four.mp4']) {
      const { path, lease } = await proxies.get(await openVideo(name), { mode: 'remux' }, lane, token().token, ignore);
      others.push(path);
      await lease.dispose();
      const time = new Date(Date.now() - 1e6 + others.length * 1000);
      await utimes(path, time, time);
    }
    expect(await files('proxies')).toHaveLength(2);
    expect(await readFile(held.path, 'utf8')).toBe('a proxy');
    await held.lease.dispose();
    await held.lease.dispose();
    expect(await files('proxies')).toHaveLength(2);
  });

  it('says so where nothing can be written', async () => {
    await writeFile(join(folder, 'proxies'), 'a file where the folder should be');
    const asked = store().get(await openVideo(), { mode: 'remux' }, lane, token().token, ignore);
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.FfmpegFailed, data: { hint: expect.stringContaining('cache folder') as string } });
  });
});

describe('FrameStore', () => {
  const gate = new Gate();
  let written: { indices: number[]; maxSide?: number }[];
  const store = (): FrameStore => {
    written = [];
    const video = {
      ...fake.parts.video,
      write: async (...[, plan, , { outFolder, maxSide }]: Parameters<GatedParts['parts']['video']['write']>) => {
        written.push({ indices: [...plan.indices], maxSide });
        await gate.pass();
        const path = join(outFolder, 'frame.jpg');
        await writeFile(path, `frame ${plan.indices.join()}`);
        return [path];
      },
    };
    return new FrameStore(join(folder, 'frames'), 1e6, video, new FfmpegFinder(video, undefined), async () => folder);
  };
  const text = async (jpeg: Promise<Buffer>): Promise<string> => (await jpeg).toString();

  it('is asked for the frame shown at a time, the last one past the end', async () => {
    const frames = store();
    const video = await openVideo();
    expect(await text(frames.get(video, { seconds: 1, height: 1 }, lane, token().token))).toBe('frame 30');
    expect(await text(frames.get(video, { seconds: 1.03, height: 1 }, lane, token().token))).toBe('frame 30');
    expect(await text(frames.get(video, { seconds: 10, height: 1 }, lane, token().token))).toBe('frame 299');
    expect(await text(frames.get(video, { seconds: 1e6, height: 500 }, lane, token().token))).toBe('frame 299');
    const picture = await openVideo('picture.png');
    Object.assign(picture.opened.facts, { durationSeconds: 0 });
    expect(await text(frames.get(picture, { seconds: 3, height: 1 }, lane, token().token))).toBe('frame 0');
    expect(written).toEqual([30, 299, 0].map((index) => ({ indices: [index], maxSide: 1 })));
    await text(store().get(video, { seconds: 1, height: 1 }, lane, token().token));
    expect(written).toEqual([]);
  });

  it('scales by height, and never up', async () => {
    const frames = store();
    const video = await openVideo();
    Object.assign(video.opened.facts, { width: 1920, height: 1080 });
    for (const height of [90, 2000]) await frames.get(video, { seconds: 0, height }, lane, token().token);
    Object.assign(video.opened.facts, { width: 1080, height: 1920, contentHash: 'a'.repeat(64) });
    await frames.get(video, { seconds: 0, height: 96 }, lane, token().token);
    expect(written.map(({ maxSide }) => maxSide)).toEqual([160, 1920, 96]);
  });

  it('makes a few at a time, refuses what would queue up, and forgets who left', async () => {
    gate.close();
    const frames = store();
    const video = await openVideo();
    const source = token();
    const all = Array.from({ length: 66 }, (_, i) => frames.get(video, { seconds: i * 0.1, height: 1 }, lane, source.token));
    all.forEach((each) => void each.catch(() => undefined));
    const same = frames.get(video, { seconds: 0, height: 1 }, lane, token().token);
    await gate.reached();
    await expect(frames.get(video, { seconds: 9, height: 1 }, lane, token().token)).rejects.toMatchObject({ code: ErrorCode.InvalidRequest });
    expect(written.length).toBeLessThanOrEqual(2);
    source.cancel();
    await expect(Promise.all(all)).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    const late = frames.get(video, { seconds: 9, height: 1 }, lane, token().token);
    gate.open();
    expect(await Promise.all([text(same), text(late)])).toEqual(['frame 0', 'frame 270']);
    // Of those that were left only the ones that had begun.
    expect(written.filter(({ indices }) => !['0', '270'].includes(indices.join())).length).toBeLessThanOrEqual(2);
    expect((await files('.')).filter((name) => name.startsWith('frame-'))).toEqual([]);
  });
});
