import { execFile } from 'node:child_process';
import { copyFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import {
  emptyAnnotations,
  ErrorCode,
  type SearchIndexParams,
  type SearchIndexProgress,
  SearchIndexRequest,
  type SearchIndexResult,
  SearchQueryRequest,
  TimelineCreateRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { databasePath } from '../../../server/search/searchIndex.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { until } from '../../e2e/support/until.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const cues = '1\n00:00:01,000 --> 00:00:02,500\nA dog runs home\n\n2\n00:00:03,000 --> 00:00:04,000\nTurn left here\n';
let clips: string;
let folder: string;
let cache: string;
let eyes: ColourEyes;
const servers: ServerInProcess[] = [];

beforeAll(async () => {
  clips = await temporaryFolder();
  const { ffmpeg } = await findFfmpeg();
  const run = (args: string[]): Promise<unknown> => promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args], { cwd: clips });
  await writeFile(join(clips, 'cues.srt'), cues);
  // Red for 3 s, green for 2 s.
  const colours = ['red=3', 'green=2'].flatMap((each) => ['-f', 'lavfi', '-i', `color=${each.split('=')[0]}:size=320x180:rate=10:duration=${each.split('=')[1]}`]);
  const joined = ['-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]'];
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  await run([...colours, ...joined, ...coded, 'colours.mp4']);
  await run([...colours, '-i', 'cues.srt', ...joined, '-map', '2:s', ...coded, '-c:s', 'srt', 'spoken.mkv']);
});
beforeEach(async () => {
  [folder, cache] = [await temporaryFolder(), await temporaryFolder()];
  eyes = new ColourEyes();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});
afterAll(removeTemporaryFolders);

async function connect(): Promise<VideoChatClient> {
  const server = new ServerInProcess({ ...createEngineParts(), perception: { open: async () => eyes } }, cache);
  servers.push(server);
  return server.connect();
}
const place = async (name: string, from = 'colours.mp4'): Promise<string> => {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await copyFile(join(clips, from), path);
  return path;
};
const annotate = (path: string, label: string): Promise<void> => {
  const document = { ...emptyAnnotations({ path: 'clip.mp4' }), segments: [{ id: 's-1', start: 1, end: 2, label }, { id: 's-2', start: 2, end: 3, label: 'rejected thing', provenance: { status: 'rejected' as const } }] };
  return writeFile(path, writeAnnotations(document));
};
const index = (client: VideoChatClient, params: Partial<SearchIndexParams> = {}, onProgress?: (value: SearchIndexProgress) => void): Promise<SearchIndexResult> =>
  client.request(SearchIndexRequest, { folders: [folder], ...params }, { onProgress });
const find = async (client: VideoChatClient, query: string): Promise<string[]> => {
  const { moments } = await client.request(SearchQueryRequest, { query, folders: [folder] });
  return moments.map(({ path, startSeconds, endSeconds, matches }) => `${path.slice(folder.length + 1)} ${Number(startSeconds.toFixed(1))}–${Number(endSeconds.toFixed(1))} ${matches.map(({ kind }) => kind).join('+')}`);
};

describe('search over a folder', () => {
  it('finds annotations, subtitles beside and inside clips, and names, without looking into pictures', async () => {
    await annotate(`${await place('trip/kitchen.mp4')}.videochat.json`, 'cutting bread');
    await place('talk.mkv', 'spoken.mkv');
    await place('street.mp4');
    await writeFile(join(folder, 'street.en.srt'), cues.replace('dog', 'horse'));
    await writeFile(join(folder, 'broken.mp4'), 'no video');
    const client = await connect();
    const progress: SearchIndexProgress[] = [];
    expect(await index(client, {}, (value) => void progress.push(value))).toEqual({ clips: 4, changed: 4, removed: 0, unseen: 4, rebuilt: false, full: false, failed: [] });
    expect(progress.at(-1)).toEqual({ kind: 'clips', stage: 'inside', done: 4, total: 4 });
    expect(await find(client, 'bread')).toEqual(['trip/kitchen.mp4 1–2 annotations']);
    expect(await find(client, 'rejected')).toEqual([]);
    expect(await find(client, 'dogs')).toEqual(['talk.mkv 1–2.5 speech']);
    expect(await find(client, 'animal')).toEqual(['street.mp4 1–2.5 speech', 'talk.mkv 1–2.5 speech'].sort((a, b) => (a < b ? 1 : -1)));
    expect(await find(client, 'kitchen')).toEqual(['trip/kitchen.mp4 0–0 name']);
    expect(eyes.looks).toEqual([]);
  });

  it('reads only what has changed, came or went', async () => {
    const path = await place('a.mp4');
    await place('b.mp4');
    const client = await connect();
    await index(client);
    expect(await index(client)).toMatchObject({ clips: 2, changed: 0, removed: 0 });
    await annotate(`${path}.videochat.json`, 'dancing');
    expect(await index(client, { paths: [`${path}.videochat.json`, '/elsewhere/x.mp4'] })).toMatchObject({ clips: 2, changed: 1 });
    expect(await find(client, 'dancing')).toEqual(['a.mp4 1–2 annotations']);
    await annotate(`${path}.videochat.json`, 'singing');
    await utimes(`${path}.videochat.json`, new Date(), new Date(Date.now() + 5000));
    await index(client, { paths: [`${path}.videochat.json`] });
    expect([await find(client, 'dancing'), await find(client, 'singing')]).toEqual([[], ['a.mp4 1–2 annotations']]);
    await rename(path, join(folder, 'moved.mp4'));
    await rm(`${path}.videochat.json`);
    expect(await index(client, { paths: [path, join(folder, 'moved.mp4')] })).toMatchObject({ clips: 2, removed: 1 });
    expect([await find(client, 'singing'), await find(client, 'moved')]).toEqual([[], ['moved.mp4 0–0 name']]);
    await rm(folder, { recursive: true });
    expect(await index(client)).toMatchObject({ clips: 0, removed: 2 });
  });

  it('finds documents where a dataset keeps them', async () => {
    await place('data/media/clip.mp4');
    await writeFile(join(folder, 'data', 'videochat.dataset.json'), JSON.stringify({ format: 'videochat-dataset', version: 1, media: ['media'], annotations: 'notes' }));
    await mkdir(join(folder, 'data', 'notes'));
    const document = join(folder, 'data', 'notes', 'clip.mp4.videochat.json');
    await annotate(document, 'juggling');
    const client = await connect();
    await index(client);
    expect(await find(client, 'juggling')).toEqual(['data/media/clip.mp4 1–2 annotations']);
    await annotate(document, 'whistling');
    await utimes(document, new Date(), new Date(Date.now() + 5000));
    await index(client, { paths: [document] });
    expect(await find(client, 'whistling')).toEqual(['data/media/clip.mp4 1–2 annotations']);
  });

  it('looks through clips where that is wanted, once, and goes on where it was stopped', async () => {
    await place('a.mp4');
    await place('b.mp4');
    const client = await connect();
    const stop = new CancellationTokenSource();
    const onProgress = (value: SearchIndexProgress): void => {
      if (value.kind === 'look' && value.done === 1) stop.cancel();
    };
    const stopped = client.request(SearchIndexRequest, { folders: [folder], look: true }, { token: stop.token, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(await find(client, 'people')).toEqual(['a.mp4 0–3 objects']);
    const looked: string[] = [];
    const result = await index(client, { look: true }, (value) => void (value.kind === 'look' && looked.push(value.path)));
    expect(result).toMatchObject({ clips: 2, unseen: 0, failed: [] });
    expect(new Set(looked)).toEqual(new Set([join(folder, 'b.mp4')]));
    expect(await find(client, 'green')).toEqual(['a.mp4 3–5 text', 'b.mp4 3–5 text']);
    const looks = eyes.looks.length;
    expect(await index(client, { look: true })).toMatchObject({ changed: 0, unseen: 0 });
    expect(eyes.looks.length).toBe(looks);
  });

  it('tells of clips that cannot be looked through, and goes on', async () => {
    await writeFile(join(folder, 'a.mp4'), 'no video');
    await place('b.mp4');
    const client = await connect();
    const { failed, unseen } = await index(client, { look: true });
    expect(failed).toEqual([{ path: join(folder, 'a.mp4'), code: ErrorCode.VideoUnreadable, message: expect.any(String) }]);
    expect(unseen).toBe(1);
    expect(await find(client, 'person')).toEqual(['b.mp4 0–3 objects']);
  });

  it('knows soon what somebody notices in a clip, and from earlier what was noticed before', async () => {
    const path = await place('a.mp4');
    const client = await connect();
    await index(client);
    expect(await find(client, 'person')).toEqual([]);
    const { videoId } = await client.request(VideoOpenRequest, { path });
    await client.request(TimelineCreateRequest, { videoId });
    await until(async () => (await find(client, 'person')).length === 1, 'the timeline is found');
    expect(await index(client)).toMatchObject({ unseen: 0 });
    // The same clip elsewhere was seen too: its content is what counts. It was not opened there yet.
    const other = await place('copy/other.mp4');
    await index(client);
    await client.request(VideoOpenRequest, { path: other });
    await index(client);
    expect(await find(client, 'person')).toEqual(['a.mp4 0–3 objects', 'copy/other.mp4 0–3 objects']);
  });

  it('begins anew with a damaged index, and says so', async () => {
    await place('street.mp4');
    const first = await connect();
    await index(first);
    await servers.splice(0)[0]?.dispose();
    await writeFile(databasePath(join(cache, 'search')), 'damaged');
    const client = await connect();
    expect(await client.request(SearchQueryRequest, { query: 'street', folders: [folder] })).toMatchObject({ moments: [], rebuilt: true });
    expect(await index(client)).toMatchObject({ clips: 1, changed: 1 });
    expect(await find(client, 'street')).toEqual(['street.mp4 0–0 name']);
  });

  it('refuses what is no question and no folder', async () => {
    const client = await connect();
    await expect(client.request(SearchQueryRequest, { query: '???' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(client.request(SearchQueryRequest, { query: '' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(client.request(SearchIndexRequest, { folders: ['relative'] })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(client.request(SearchIndexRequest, { folders: [] })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    expect(await client.request(SearchIndexRequest, { folders: [join(folder, 'nowhere')] })).toMatchObject({ clips: 0 });
  });
});
