import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import {
  ErrorCode,
  MediaCloseRequest,
  MediaOpenRequest,
  type MediaProgress,
  type MediaSource,
  ServerStatusRequest,
  SummaryCreateRequest,
  VideoCloseRequest,
  VideoFramesRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { rawHttp } from '../../fakes/rawHttp.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { copyClip, makeClip } from '../../media/makeClip.js';
import { buildServer, serverPath } from './serverProcess.js';
import { tinyModelFolder } from './tinyModelFolder.js';

let cache: string;
const clients: VideoChatClient[] = [];

beforeAll(buildServer);
beforeEach(async () => {
  cache = await temporaryFolder();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
});
afterAll(removeTemporaryFolders);

async function start(settings: object = {}): Promise<VideoChatClient> {
  const client = await VideoChatClient.spawn({
    serverPath,
    graceMs: 30_000,
    initialize: { settings: { cacheFolder: cache, executionProvider: 'cpu', languageDevice: 'cpu', threads: 1, ...settings } },
  });
  clients.push(client);
  return client;
}

const open = async (client: VideoChatClient, path: string): Promise<string> => (await client.request(VideoOpenRequest, { path })).videoId;

describe('a medium', () => {
  it('is offered', async () => {
    const client = await start();
    expect(client.server.capabilities).toMatchObject({ media: true, summaries: true });
  });

  it('is the file itself where a player can play it, in ranges', async () => {
    const client = await start();
    const path = await makeClip({ name: 'plain' });
    const videoId = await open(client, path);
    const media = await client.request(MediaOpenRequest, { videoId });
    const file = await readFile(path);
    expect(media).toMatchObject({ mode: 'file', reason: '', mimeType: 'video/mp4', bytes: file.length });
    const { status, body } = await rawHttp(`${media.url}/stream`, { headers: { range: 'bytes=100-199' } });
    expect(status).toBe(206);
    expect(body.equals(file.subarray(100, 200))).toBe(true);
    // A medium outlives the id it was opened by.
    await client.request(VideoCloseRequest, { videoId });
    expect((await rawHttp(`${media.url}/stream`, { method: 'HEAD' })).status).toBe(200);
    await client.request(MediaCloseRequest, { mediaId: media.mediaId });
    expect((await rawHttp(`${media.url}/stream`)).status).toBe(404);
    await expect(client.request(MediaCloseRequest, { mediaId: media.mediaId })).rejects.toMatchObject({ code: ErrorCode.MediaUnknown });
  });

  it('is a proxy where it has to be: made once, with progress, and known after a restart', async () => {
    const path = await makeClip({ name: 'withSound' });
    const ask = async (more: object = {}): Promise<{ media: MediaSource; progress: MediaProgress[] }> => {
      const client = await start();
      const progress: MediaProgress[] = [];
      const params = { videoId: await open(client, path), ...more };
      const media = await client.request(MediaOpenRequest, params, { onProgress: (value) => void progress.push(value) });
      return { media, progress };
    };
    const first = await ask();
    expect(first.media).toMatchObject({ mode: 'remux', reason: expect.stringContaining('AAC') as string, mimeType: 'video/mp4' });
    expect(first.progress.length).toBeGreaterThan(0);
    expect(first.progress.every(({ fraction }) => fraction > 0 && fraction <= 1)).toBe(true);
    const { body } = await rawHttp(`${first.media.url}/stream`);
    expect(body.length).toBe(first.media.bytes);
    expect(body.subarray(4, 8).toString()).toBe('ftyp');
    const again = await ask();
    expect(again.progress).toEqual([]);
    expect((await rawHttp(`${again.media.url}/stream`)).body.equals(body)).toBe(true);
    const browser = { videoCodecs: ['h264'], audioCodecs: ['aac'], containers: ['mp4'] };
    expect((await ask({ abilities: browser })).media.mode).toBe('file');
    expect((await ask({ abilities: browser, atLeast: 'transcode', maxHeight: 48 })).media.mode).toBe('transcode');
    expect(await readdir(join(cache, 'proxies'))).toHaveLength(2);
  });

  it('is made again where a player could not jump', async () => {
    const client = await start();
    const videoId = await open(client, await makeClip({ name: 'openGroups' }));
    const media = await client.request(MediaOpenRequest, { videoId, maxHeight: 16 });
    expect(media).toMatchObject({ mode: 'transcode', reason: expect.stringContaining('jump') as string });
  });

  it('shows the frame of a time as a picture', async () => {
    const client = await start();
    const videoId = await open(client, await makeClip({ name: 'vfr' }));
    const { url } = await client.request(MediaOpenRequest, { videoId });
    const times = [0, 0.95, 2.5, 5.86];
    const { paths } = await client.request(VideoFramesRequest, { videoId, plan: `at:${times.join(',')}`, format: 'jpeg', maxSide: 80 });
    for (const [i, seconds] of times.entries()) {
      const { status, body, headers } = await rawHttp(`${url}/frame?seconds=${seconds}&height=60`);
      expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
      expect(body.equals(await readFile(paths[i] ?? ''))).toBe(true);
    }
    const hash = async (seconds: number): Promise<string> =>
      createHash('sha256').update((await rawHttp(`${url}/frame?seconds=${seconds}&height=60`)).body).digest('hex');
    expect(new Set(await Promise.all(times.map(hash))).size).toBe(times.length);
    expect(await hash(1000)).toBe(await hash(5.86));
  });

  it('is a picture for a picture', async () => {
    const client = await start();
    const path = await makeClip({ name: 'png' });
    const media = await client.request(MediaOpenRequest, { videoId: await open(client, path) });
    expect(media).toMatchObject({ mode: 'image', reason: '', mimeType: 'image/png' });
    expect((await rawHttp(`${media.url}/stream`)).body.equals(await readFile(path))).toBe(true);
    expect((await rawHttp(`${media.url}/frame?seconds=0&height=20`)).headers['content-type']).toBe('image/jpeg');
  });

  it('is not made of what is no video, is not open, or was changed', async () => {
    const client = await start();
    await expect(open(client, await makeClip({ name: 'audioOnly' }))).rejects.toMatchObject({ code: ErrorCode.VideoNoFrames });
    await expect(client.request(MediaOpenRequest, { videoId: 'none' })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
    const path = await copyClip('plain', join(await temporaryFolder(), 'changing.mp4'));
    const videoId = await open(client, path);
    const { url } = await client.request(MediaOpenRequest, { videoId });
    await appendFile(path, '!');
    await expect(client.request(MediaOpenRequest, { videoId })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
    expect((await rawHttp(`${url}/stream`)).status).toBe(410);
    expect((await rawHttp(`${url}/frame?seconds=1&height=61`)).status).toBe(410);
    for (const wrong of [{ atLeast: 'file' }, { maxHeight: 0 }, { maxHeight: 1e9 }, { abilities: {} }, { abilities: { videoCodecs: [1], audioCodecs: [], containers: [] } }]) {
      await expect(client.request(MediaOpenRequest, { videoId, ...(wrong as object) })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    }
  });

  it('can be given up', async () => {
    const client = await start();
    const videoId = await open(client, await makeClip({ name: 'oneKeyFrame' }));
    const source = new CancellationTokenSource();
    const opening = client.request(MediaOpenRequest, { videoId, atLeast: 'transcode', maxHeight: 4320 }, { token: source.token });
    opening.catch(() => undefined);
    await client.request(ServerStatusRequest, {});
    source.cancel();
    await expect(opening).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(await readdir(join(cache, 'proxies')).catch(() => [])).toEqual([]);
  });

  it('belongs to its connection', async () => {
    const host = new ServerInProcess(createEngineParts(), cache);
    const [one, two] = [await host.connect(), await host.connect()];
    const path = await makeClip({ name: 'plain' });
    const [mine, theirs] = [
      await one.request(MediaOpenRequest, { videoId: await open(one, path) }),
      await two.request(MediaOpenRequest, { videoId: await open(two, path) }),
    ];
    await expect(two.request(MediaCloseRequest, { mediaId: mine.mediaId })).rejects.toMatchObject({ code: ErrorCode.MediaUnknown });
    const status = async ({ url }: MediaSource): Promise<number> => (await rawHttp(`${url}/stream`, { method: 'HEAD' })).status;
    expect([await status(mine), await status(theirs)]).toEqual([200, 200]);
    await one.dispose();
    await expect.poll(() => status(mine)).toBe(404);
    expect(await status(theirs)).toBe(200);
    await host.dispose();
    await expect(status(theirs)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a clip known before', () => {
  it('is opened without looking into it, until it changes', async () => {
    const path = await copyClip('plain', join(await temporaryFolder(), 'known.mp4'));
    const known = await (await start()).request(VideoOpenRequest, { path });
    // A server that could not look into it if it wanted to.
    const blind = await start({ ffmpegPath: join(cache, 'none') });
    expect((await blind.request(VideoOpenRequest, { path })).facts).toEqual(known.facts);
    await copyClip('mkv', path);
    await expect(blind.request(VideoOpenRequest, { path })).rejects.toMatchObject({ code: ErrorCode.FfmpegMissing });
    expect((await (await start()).request(VideoOpenRequest, { path })).facts.width).toBe(96);
  });
});

describe('a summary', () => {
  it('is made by a model, and leaves no conversation behind', async () => {
    const models = await tinyModelFolder();
    const client = await start({ modelFolders: [models] });
    const videoId = await open(client, await makeClip({ name: 'plain' }));
    const summary = await client.request(SummaryCreateRequest, { videoId, modelId: 'tiny', plan: 'videochat:4' });
    expect(summary).toMatchObject({ plan: { spec: 'videochat:4' }, model: { id: 'tiny' }, facts: { frameCount: 100 } });
    expect(await client.request(ServerStatusRequest, {})).toMatchObject({ openChats: 0 });
    await rm(models, { recursive: true, force: true });
  });
});
