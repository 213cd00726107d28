import { execFile } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { silentLogger } from '../../../server/common/logger.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { ChatCreateRequest, ErrorCode, ModelListRequest, ModelLoadRequest, SearchIndexRequest, type SearchIndexResult, SearchQueryRequest, type SearchQueryResult, TimelineCreateRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { RetrievalHost } from '../../../server/retrieval/retrievalHost.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { builtRetrievalProgram, dualEncoderFile, installTinyDualEncoder } from '../../fixtures/tinyDualEncoder.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let made: string;
let folder: string;
let models: string;
let cache: string;
let program: string;
let eyes: ColourEyes;
let host: RetrievalHost;
const servers: ServerInProcess[] = [];

beforeAll(async () => {
  program = await builtRetrievalProgram();
  made = await temporaryFolder();
  const { ffmpeg } = await findFfmpeg();
  const clip = async (name: string, ...colours: string[]): Promise<void> => {
    const inputs = colours.flatMap((each) => ['-f', 'lavfi', '-i', `color=${each.split('=')[0]}:size=320x180:rate=10:duration=${each.split('=')[1]}`]);
    const joined = ['-filter_complex', `concat=n=${colours.length}:v=1[v]`, '-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    await promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...inputs, ...joined, name], { cwd: made });
  };
  await clip('one.mp4', 'black=3', 'red=2', 'black=3');
  await clip('two.mp4', 'blue=2', 'white=2');
});
beforeEach(async () => {
  [folder, models, cache] = [await temporaryFolder(), await temporaryFolder(), await temporaryFolder()];
  eyes = new ColourEyes([]);
  for (const name of ['one.mp4', 'two.mp4']) {
    await copyFile(join(made, name), join(folder, name));
  }
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});
afterAll(removeTemporaryFolders);

async function connect(): Promise<VideoChatClient> {
  const retrieval = { open: (options: ConstructorParameters<typeof RetrievalHost>[0]) => (host = new RetrievalHost({ ...options, modelFolders: [models], program, threads: 1 })) };
  const server = new ServerInProcess({ ...createEngineParts(), perception: { open: async () => eyes }, retrieval }, cache, { VIDEOCHAT_MODELS: models });
  servers.push(server);
  return server.connect();
}
const look = (client: VideoChatClient): Promise<SearchIndexResult> => client.request(SearchIndexRequest, { folders: [folder], look: true });
const index = (client: VideoChatClient): Promise<SearchIndexResult> => client.request(SearchIndexRequest, { folders: [folder] });
const ask = (client: VideoChatClient, query: string): Promise<SearchQueryResult> => client.request(SearchQueryRequest, { query, folders: [folder] });
const find = async (client: VideoChatClient, query: string): Promise<string[]> =>
  (await ask(client, query)).moments.map(({ path, startSeconds, endSeconds, matches }) => `${path.slice(folder.length + 1)} ${Number(startSeconds.toFixed(1))}–${Number(endSeconds.toFixed(1))} ${matches.map(({ kind }) => kind).join('+')}`);

describe('searching with a dual encoder', () => {
  it.each(['clip', 'siglip'] as const)('finds the moment that looks like the question, though no word says so (%s)', async (layout) => {
    installTinyDualEncoder(models, layout);
    const client = await connect();
    expect(await index(client)).toMatchObject({ clips: 2, unseen: 2 });
    expect(await find(client, 'red')).toEqual([]);
    expect(await look(client)).toMatchObject({ clips: 2, unseen: 0, failed: [], retrieval: { model: `tiny-${layout}` } });
    expect(await find(client, 'red')).toEqual(['one.mp4 3–5 pictures']);
    expect(await find(client, 'the white car')).toEqual(['two.mp4 2–4 pictures']);
    expect(await find(client, 'yellow')).toEqual([]);
    expect(await find(client, '"red"')).toEqual([]);
    const { moments, retrieval } = await ask(client, 'red');
    expect(retrieval).toEqual({ model: `tiny-${layout}` });
    expect(moments).toMatchObject([{ missing: [], matches: [{ kind: 'pictures', text: 'red', source: `tiny-${layout}`, confidence: expect.any(Number) }] }]);
    const [{ bestSeconds = 0 } = {}] = moments;
    expect(bestSeconds >= 3 && bestSeconds < 5).toBe(true);
  });

  it('embeds the frames of one decoding, and none of them twice', async () => {
    eyes = new ColourEyes(['objects']);
    installTinyDualEncoder(models);
    const first = await connect();
    await look(first);
    const looks = eyes.looks.length;
    expect(looks).toBeGreaterThan(8);
    expect(await find(first, 'red person')).toEqual(['one.mp4 3–5 objects+pictures']);
    expect(await look(first)).toMatchObject({ changed: 0, unseen: 0 });
    await servers.splice(0)[0]?.dispose();
    // Another place, another server: what the clip shows is known by its content.
    await copyFile(join(folder, 'one.mp4'), join(folder, 'copy.mp4'));
    const second = await connect();
    expect(await index(second)).toMatchObject({ clips: 3, unseen: 1 });
    expect(await look(second)).toMatchObject({ clips: 3, unseen: 0, failed: [] });
    expect([eyes.looks.length, host.processId]).toEqual([looks, undefined]);
    expect(await find(second, 'red')).toEqual(['copy.mp4 3–5 pictures', 'one.mp4 3–5 pictures']);
  });

  it('sees clips that were looked through before the model came, decoding them for it alone', async () => {
    eyes = new ColourEyes(['objects']);
    const client = await connect();
    expect(await look(client)).toMatchObject({ unseen: 0 });
    const looks = eyes.looks.length;
    installTinyDualEncoder(models);
    expect(await index(client)).toMatchObject({ changed: 0, unseen: 2 });
    expect(await look(client)).toMatchObject({ unseen: 0, retrieval: { model: 'tiny-clip' } });
    expect(eyes.looks.length).toBe(looks);
    expect(await find(client, 'blue')).toEqual(['two.mp4 0–2 pictures']);
  });

  it('does without a model that is removed, and begins anew with another', async () => {
    const place = installTinyDualEncoder(models);
    const client = await connect();
    await look(client);
    await rm(place, { recursive: true });
    expect(await index(client)).toMatchObject({ unseen: 0 });
    expect(await ask(client, 'red')).toMatchObject({ moments: [] });
    expect(await ask(client, 'red')).not.toHaveProperty('retrieval');
    installTinyDualEncoder(models, 'siglip');
    expect(await index(client)).toMatchObject({ unseen: 2 });
    expect(await ask(client, 'red')).toMatchObject({ moments: [] });
    expect(await look(client)).toMatchObject({ unseen: 0 });
    expect(await find(client, 'red')).toEqual(['one.mp4 3–5 pictures']);
  });

  it('does not touch what timelines are made of', async () => {
    installTinyDualEncoder(models);
    const client = await connect();
    const { videoId } = await client.request(VideoOpenRequest, { path: join(folder, 'one.mp4') });
    await client.request(TimelineCreateRequest, { videoId });
    expect(host.processId).toBeUndefined();
  });
});

describe('a dual encoder among the models', () => {
  it('is listed with what it is for, and answers no questions', async () => {
    installTinyDualEncoder(models);
    const client = await connect();
    const { models: listed } = await client.request(ModelListRequest, {});
    const found = listed.find(({ id }) => id === 'tiny-clip');
    expect(found).toMatchObject({ abilities: ['retrieval'], halves: [], state: 'unloaded', licence: 'MIT' });
    expect(found).not.toHaveProperty('media');
    expect(found?.bytes).toBeGreaterThan(10_000);
    await expect(client.request(ModelLoadRequest, { modelId: 'tiny-clip' })).rejects.toMatchObject({ code: ErrorCode.ModelCannotAnswer });
    const { videoId } = await client.request(VideoOpenRequest, { path: join(folder, 'one.mp4') });
    await expect(client.request(ChatCreateRequest, { videoId, modelId: 'tiny-clip' })).rejects.toMatchObject({ code: ErrorCode.ModelCannotAnswer });
  });
});

describe('a dual encoder that does not work', () => {
  const damage: [string, (place: string) => Promise<void>][] = [
    ['a file of the right size with other bytes', async (place) => {
      const bytes = await readFile(join(place, 'vision.onnx'));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await writeFile(join(place, 'vision.onnx'), bytes);
    }],
    ['a file that is missing', (place) => rm(join(place, 'text.onnx'))],
    ['a file of another length', (place) => writeFile(join(place, 'tokenizer.json'), '{}')],
  ];
  it.each(damage)('is told, and words are searched all the same: %s', async (_, spoil) => {
    eyes = new ColourEyes(['objects']);
    await spoil(installTinyDualEncoder(models));
    const client = await connect();
    const problem = { code: ErrorCode.RetrievalUnavailable, message: expect.stringContaining('tiny-clip') };
    expect(await look(client)).toMatchObject({ clips: 2, unseen: 0, failed: [], retrieval: { model: 'tiny-clip', problem } });
    expect(await find(client, 'person')).toEqual(['one.mp4 3–5 objects']);
    expect(await index(client)).toMatchObject({ unseen: 0 });
  });

  it.each([
    ['no graph', 'vision', Buffer.from('this is no graph at all')],
    ['no tokeniser', 'tokenizer', Buffer.from('{"model":{"type":"Spell"}}')],
    ['a graph of another kind', 'vision', undefined],
  ])('is refused whose files say %s, though their hashes fit', async (_, key, content) => {
    const { createHash } = await import('node:crypto');
    const bytes = content ?? (await readFile(dualEncoderFile('clip', 'text.onnx')));
    const place = installTinyDualEncoder(models, 'clip', (manifest) => {
      const file = { path: manifest.files[key]?.path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      return { ...manifest, files: { ...manifest.files, [key]: file } };
    });
    await writeFile(join(place, key === 'tokenizer' ? 'tokenizer.json' : `${key}.onnx`), bytes);
    const client = await connect();
    const { retrieval } = await look(client);
    expect(retrieval?.problem).toMatchObject({ code: ErrorCode.RetrievalUnavailable });
    expect(await find(client, 'two')).toEqual(['two.mp4 0–0 name']);
  });

  it('is told of questions too, where it broke since', async () => {
    const place = installTinyDualEncoder(models);
    const first = await connect();
    await look(first);
    await servers.splice(0)[0]?.dispose();
    await writeFile(join(place, 'text.onnx'), 'broken');
    const client = await connect();
    const { moments, retrieval } = await ask(client, 'one');
    expect(retrieval).toMatchObject({ model: 'tiny-clip', problem: { code: ErrorCode.RetrievalUnavailable } });
    expect(moments).toMatchObject([{ matches: [{ kind: 'name' }] }]);
  });

  it('starts its process again when that dies, and gives up on what kills it', async () => {
    installTinyDualEncoder(models);
    const own = new RetrievalHost({ modelFolders: [models], cacheFolder: cache, threads: 1, logger: silentLogger, program });
    const frame = { width: 4, height: 4, data: new Uint8Array(48).fill(200) };
    const before = await own.embedPicture(frame);
    process.kill(own.processId ?? NaN, 'SIGKILL');
    expect(await own.embedPicture(frame)).toEqual(before);
    await own.dispose();
    await expect(own.embedPicture(frame)).rejects.toMatchObject({ code: ErrorCode.RetrievalUnavailable });
  });
});
