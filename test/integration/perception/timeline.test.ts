import { execFile } from 'node:child_process';
import { appendFile, copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import type { EngineParts } from '../../../server/engine/engineParts.js';
import { noPerception } from '../../../server/perception/noPerception.js';
import type { Perception } from '../../../server/perception/perception.js';
import {
  AnnotateSuggestRequest,
  ErrorCode,
  type Timeline,
  type TimelineCreateParams,
  type TimelineCreateProgress,
  TimelineCreateRequest,
  TimelineExportRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { copyClip, makeClip } from '../../media/makeClip.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let folder: string;
let cache: string;
const servers: ServerInProcess[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  // Red for 3 s, green for 2 s, black for 1 s, red again for 2 s; a tone from 1 s to 2.5 s.
  const colours = [['red', 3], ['green', 2], ['black', 1], ['red', 2]] as const;
  await make('colours.mp4', [
    ...colours.flatMap(([colour, seconds]) => ['-f', 'lavfi', '-i', `color=${colour}:size=1280x720:rate=25:duration=${seconds}`]),
    ...['-f', 'lavfi', '-i', `aevalsrc='0.5*sin(2*PI*300*t)*between(t,1,2.5)':s=44100:d=8`],
    ...['-filter_complex', '[0:v][1:v][2:v][3:v]concat=n=4:v=1[v]', '-map', '[v]', '-map', '4:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
  ]);
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.dispose()));
});
afterAll(removeTemporaryFolders);

async function make(name: string, args: readonly string[]): Promise<string> {
  const { ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args, join(folder, name)]);
  return join(folder, name);
}
const clip = (): string => join(folder, 'colours.mp4');

async function connect(eyes: Perception, parts: Partial<EngineParts> = {}): Promise<VideoChatClient> {
  const server = new ServerInProcess({ ...createEngineParts(), ...parts, perception: { open: async () => eyes } }, cache);
  servers.push(server);
  return server.connect();
}
/** A client of a server that knows nothing yet. */
async function fresh(eyes: Perception): Promise<VideoChatClient> {
  cache = await temporaryFolder();
  return connect(eyes);
}
async function look(
  client: VideoChatClient,
  params: Partial<TimelineCreateParams> = {},
  { path = clip(), onProgress, token }: { path?: string; onProgress?: (value: TimelineCreateProgress) => void; token?: CancellationTokenSource['token'] } = {},
): Promise<Timeline> {
  const { videoId } = await client.request(VideoOpenRequest, { path });
  return client.request(TimelineCreateRequest, { videoId, ...params }, { onProgress, token });
}
const brief = ({ events }: Timeline): unknown[] => events.map(({ track, label, startSeconds, endSeconds }) => [track, label, Number(startSeconds.toFixed(1)), Number(endSeconds.toFixed(1))]);
const states = ({ tracks }: Timeline): string[] => tracks.map(({ track, state }) => `${track} ${state}`);

describe('a timeline', () => {
  it('becomes suggestions of segments, without another look', async () => {
    const eyes = new ColourEyes();
    const client = await fresh(eyes);
    const first = await client.request(AnnotateSuggestRequest, { videoPath: clip(), task: 'timeline', timelineTracks: ['objects', 'text'] });
    const items = first.edits.flatMap((edit) => (edit.op === 'add' && edit.list === 'segments' ? [edit.item] : []));
    expect(items).toMatchObject([
      { start: 0, end: 3, track: 'objects', label: 'person', provenance: { model: { id: 'objects-model' }, status: 'suggested' } },
      { start: 3, end: 5, track: 'text', label: 'text', caption: 'GREEN' },
      { start: 6, end: 8, track: 'objects', label: 'person' },
    ]);
    const looks = eyes.looks.length;
    await client.request(AnnotateSuggestRequest, { videoPath: clip(), task: 'timeline', timelineTracks: ['objects', 'text'] });
    expect(eyes.looks.length).toBe(looks);
  });

  it('is not suggested from where there are no models', async () => {
    const client = await fresh(noPerception);
    const objects = client.request(AnnotateSuggestRequest, { videoPath: clip(), task: 'timeline', timelineTracks: ['objects'] });
    await expect(objects).rejects.toMatchObject({ code: ErrorCode.PerceptionUnavailable });
    // What is said may stand in subtitles: that needs no model.
    const usual = await client.request(AnnotateSuggestRequest, { videoPath: clip(), task: 'timeline' });
    expect(usual).toEqual({ edits: [], note: 'No perception model for this is installed. Nothing was noticed.' });
  });

  it('tells what was noticed in a clip, track by track, while it grows', async () => {
    const eyes = new ColourEyes();
    const client = await fresh(eyes);
    const progress: TimelineCreateProgress[] = [];
    const timeline = await look(client, {}, { onProgress: (value) => void progress.push(value) });
    expect(brief(timeline)).toEqual([
      ['shots', 'shot', 0, 3],
      ['objects', 'person', 0, 3],
      ['people', 'face', 0, 3],
      ['people', 'standing', 0, 3],
      ['motion', 'still', 0, 5],
      ['speech', 'speech', 1, 2.5],
      ['shots', 'shot', 3, 5],
      ['text', 'GREEN', 3, 5],
      ['shots', 'shot', 5, 6],
      ['motion', 'dark', 5, 6],
      ['shots', 'shot', 6, 8],
      ['objects', 'person', 6, 8],
      ['people', 'face', 6, 8],
      ['people', 'standing', 6, 8],
      ['motion', 'still', 6, 8],
    ]);
    expect(states(timeline)).toEqual(['shots complete', 'objects complete', 'text complete', 'speech complete', 'people complete', 'motion complete']);
    expect(timeline.frameSeconds).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(timeline.models.map(({ id }) => id)).toEqual(['objects-model', 'texts-model', 'faces-model', 'poses-model', 'voice-model']);
    expect(new Set(timeline.events.map(({ id }) => id)).size).toBe(timeline.events.length);
    // Pictures are made smaller for the models.
    expect(eyes.looks[0]).toMatchObject({ width: 960, height: 540 });
    // All tracks were told of before the end, and the last that was told is the answer.
    for (const track of ['shots', 'objects', 'text', 'speech', 'people', 'motion'] as const) {
      const told = progress.findLast((value) => value.kind === 'track' && value.track === track);
      expect(told).toMatchObject({ events: timeline.events.filter((event) => event.track === track) });
    }
    expect(progress.filter((value) => value.kind === 'step' && value.what === 'frames').at(-1)).toMatchObject({ done: 8, total: 8 });
  });

  it('looks at each frame once: again, longer, finer, for more, and after a restart', async () => {
    const eyes = new ColourEyes();
    const client = await fresh(eyes);
    await look(client, { tracks: ['objects'], span: { startSeconds: 2, endSeconds: 4.9 }, framesPerSecond: 1 });
    const part = eyes.looks.length;
    expect(part).toBeGreaterThanOrEqual(3);
    await look(client, { tracks: ['objects'] });
    const whole = eyes.looks.length;
    // Of the whole clip's eight frames three lie in the part.
    expect(whole).toBe(part + 5);
    await look(client, { tracks: ['objects'], framesPerSecond: 2 });
    const finer = eyes.looks.length;
    expect(finer - whole).toBeLessThanOrEqual(8);
    const again = new ColourEyes();
    const other = await connect(again);
    expect(await look(other, { tracks: ['objects'], framesPerSecond: 2 })).toEqual(await look(client, { tracks: ['objects'], framesPerSecond: 2 }));
    expect(again.looks).toEqual([]);
    await look(other, { tracks: ['objects', 'text'] });
    expect(again.looks).toHaveLength(8);
    expect(again.looks.every(({ kinds }) => kinds.join() === 'texts')).toBe(true);
    // Other models look for themselves.
    const better = new ColourEyes(undefined, '1');
    await look(await connect(better), { tracks: ['objects'] });
    expect(better.looks).toHaveLength(8);
  });

  it('keeps what was heard, too', async () => {
    const [eyes, again] = [new ColourEyes(), new ColourEyes()];
    const first = await look(await fresh(eyes), { tracks: ['speech'] });
    expect(eyes.heardSamples).toBe(8 * 16_000);
    expect(await look(await connect(again), { tracks: ['speech'] })).toEqual(first);
    expect(again.heardSamples).toBe(0);
    expect(eyes.looks).toEqual([]);
  });

  it('is made once for those who ask for it at the same time, also where they ask for different tracks', async () => {
    const eyes = new ColourEyes();
    const client = await fresh(eyes);
    eyes.gate.close();
    const asked = [look(client, { tracks: ['objects'] }), look(client, { tracks: ['objects'] }), look(client, { tracks: ['objects', 'motion'], span: { startSeconds: 0, endSeconds: 9 } })];
    await eyes.gate.reached();
    eyes.gate.open();
    const [one, two, three] = await Promise.all(asked);
    expect(two).toEqual(one);
    expect(three?.events.filter(({ track }) => track === 'objects')).toEqual(one?.events);
    expect(eyes.looks).toHaveLength(8);
  });

  it('of three hours takes some hundred looks, and begins with the whole', async () => {
    const path = await make('hours.mp4', [
      ...['-f', 'lavfi', '-i', 'color=blue:size=64x36:rate=1:duration=7200', '-f', 'lavfi', '-i', 'color=red:size=64x36:rate=1:duration=3600'],
      ...['-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '60', '-pix_fmt', 'yuv420p'],
    ]);
    const eyes = new ColourEyes();
    const first: TimelineCreateProgress[] = [];
    const timeline = await look(await fresh(eyes), { tracks: ['objects'] }, { path, onProgress: (value) => void (value.kind === 'track' && value.events.length > 0 && first.push(value)) });
    expect(eyes.looks.length).toBeGreaterThan(200);
    expect(eyes.looks.length).toBeLessThanOrEqual(600);
    expect(brief(timeline)).toEqual([['objects', 'person', 7200, 10_800]]);
    // After sixteen looks there is something of its last hour.
    expect(first[0]).toMatchObject({ track: 'objects', events: [{ label: 'person' }] });
    expect(first.length).toBeLessThan(20);
  });

  it('can be stopped, and goes on from there', async () => {
    const eyes = new ColourEyes();
    const client = await fresh(eyes);
    const source = new CancellationTokenSource();
    eyes.gate.close();
    const stopped = look(client, { tracks: ['objects'] }, { token: source.token });
    for (let i = 0; i < 3; i++) {
      await eyes.gate.reached();
      eyes.gate.step();
    }
    await eyes.gate.reached();
    source.cancel();
    await expect(stopped).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    const before = eyes.looks.length;
    expect(before).toBeGreaterThanOrEqual(3);
    eyes.gate.open();
    await look(client, { tracks: ['objects'] });
    expect(eyes.looks).toHaveLength(8);
  });
});

describe('speech', () => {
  it('is what subtitles beside the clip say, and what is heard besides', async () => {
    const path = join(folder, 'said.mp4');
    await copyFile(clip(), path);
    await writeFile(join(folder, 'said.en.srt'), '1\n00:00:04,000 --> 00:00:05,500\n<i>Good</i> evening.\nHow are you?\n');
    const timeline = await look(await fresh(new ColourEyes()), { tracks: ['speech'] }, { path });
    expect(brief(timeline)).toEqual([['speech', 'speech', 1, 2.5], ['speech', 'Good evening.\nHow are you?', 4, 5.5]]);
    expect(timeline.events.map(({ source }) => source)).toEqual(['voice-model', 'subtitles']);
    // Subtitles are no part of the clip's content: they are read anew.
    await writeFile(join(folder, 'said.vtt'), 'WEBVTT\n\n00:06.000 --> 00:07.000\nBye &amp; thanks.\n');
    expect(brief(await look(await connect(new ColourEyes()), { tracks: ['speech'] }, { path }))).toEqual([['speech', 'speech', 1, 2.5], ['speech', 'Bye & thanks.', 6, 7]]);
  });

  it('is what subtitles inside the clip say, with its times', async () => {
    await writeFile(join(folder, 'inside.srt'), '1\n00:00:01,000 --> 00:00:02,000\nHello.\n');
    // All times begin at ten seconds.
    const path = await make('inside-subtitles.mkv', [
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25:duration=3', '-i', join(folder, 'inside.srt')],
      ...['-map', '0', '-map', '1', '-c:v', 'libx264', '-c:s', 'srt', '-output_ts_offset', '10'],
    ]);
    const timeline = await look(await fresh(noPerception), { tracks: ['speech'] }, { path });
    expect(brief(timeline)).toEqual([['speech', 'Hello.', 1, 2]]);
    expect(states(timeline)).toEqual(['speech complete']);
  });

  it('is not to be found where a file beside the clip is no subtitles', async () => {
    const path = join(folder, 'broken.mp4');
    await copyFile(clip(), path);
    await writeFile(join(folder, 'broken.srt'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)));
    expect(brief(await look(await fresh(new ColourEyes()), { tracks: ['speech'] }, { path }))).toEqual([['speech', 'speech', 1, 2.5]]);
  });
});

describe('what cannot be seen', () => {
  it('is no error where something else can: without models, without sound', async () => {
    const client = await fresh(noPerception);
    const timeline = await look(client);
    expect(states(timeline)).toEqual(['shots complete', 'objects unavailable', 'text unavailable', 'speech unavailable', 'people unavailable', 'motion complete']);
    expect(timeline.tracks[1]?.note).toBe('No perception model for this is installed.');
    expect(timeline.events.map(({ track }) => track)).not.toContain('objects');
    await expect(look(client, { tracks: ['objects', 'people'] })).rejects.toMatchObject({ code: ErrorCode.PerceptionUnavailable });
    const silent = await look(await connect(new ColourEyes()), {}, { path: await makeClip({ name: 'plain' }) });
    expect(silent.tracks.find(({ track }) => track === 'speech')).toEqual({ track: 'speech', state: 'unavailable', note: 'The clip has no sound.' });
  });

  it('is told of by track where a model turns out to be damaged', async () => {
    const eyes = new ColourEyes();
    eyes.damaged.add('texts');
    const timeline = await look(await fresh(eyes));
    expect(timeline.tracks.find(({ track }) => track === 'text')).toMatchObject({ state: 'unavailable', note: 'The model is damaged.' });
    expect(brief(timeline)).toContainEqual(['objects', 'person', 0, 3]);
    expect(timeline.models.map(({ id }) => id)).not.toContain('texts-model');
  });

  it('in a damaged stretch leaves the rest: the tracks are partial', async () => {
    const timeline = await look(await fresh(new ColourEyes()), { tracks: ['objects', 'motion'], framesPerSecond: 8 }, { path: await makeClip({ name: 'damaged' }) });
    expect(states(timeline)).toEqual(['objects partial', 'motion partial']);
    expect(timeline.tracks[0]?.note).toMatch(/^\d+ frames cannot be decoded: the file is damaged\.$/);
    expect(timeline.frameSeconds.length).toBeGreaterThan(8);
    expect(timeline.frameSeconds[0]).toBe(0);
    expect(timeline.frameSeconds.at(-1)).toBeGreaterThan(3);
  });

  it.each([['oneFrame', 1], ['onePixel', 5], ['vfr', 8], ['rotated90', 8], ['mpeg4Avi', 8], ['transportStream', 8]] as const)('is little in odd clips, and no error: %s', async (name, least) => {
    const timeline = await look(await fresh(new ColourEyes()), {}, { path: await makeClip({ name }) });
    expect(timeline.frameSeconds.length).toBeGreaterThanOrEqual(least);
    expect(states(timeline)).toEqual(expect.arrayContaining(['shots complete', 'objects complete', 'motion complete']));
  });

  it('in a picture is what has a course of time', async () => {
    const red = await make('red.png', ['-f', 'lavfi', '-i', 'color=red:size=100x60', '-frames:v', '1']);
    const timeline = await look(await fresh(new ColourEyes()), {}, { path: red });
    expect(states(timeline)).toEqual(['shots unavailable', 'objects complete', 'text complete', 'speech unavailable', 'people complete', 'motion unavailable']);
    expect(brief(timeline)).toEqual([['objects', 'person', 0, 0], ['people', 'face', 0, 0], ['people', 'standing', 0, 0]]);
  });

  it('is an error for a file that has no picture, and for a part outside the clip', async () => {
    const client = await fresh(new ColourEyes());
    await expect(look(client, {}, { path: await makeClip({ name: 'audioOnly' }) })).rejects.toMatchObject({ code: ErrorCode.VideoNoFrames });
    await expect(look(client, { span: { startSeconds: 8, endSeconds: 9 } })).rejects.toMatchObject({ code: ErrorCode.FramePlanInvalid });
    await expect(look(client, { framesPerSecond: 0 })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(look(client, { tracks: [] })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(client.request(TimelineCreateRequest, { videoId: 'gone' })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
  });

  it('is nothing in a file that was changed meanwhile', async () => {
    const client = await fresh(new ColourEyes());
    const path = await copyClip('plain', join(folder, 'changed.mp4'));
    const { videoId } = await client.request(VideoOpenRequest, { path });
    await appendFile(path, 'more');
    await expect(client.request(TimelineCreateRequest, { videoId })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
  });
});

describe('a timeline given back', () => {
  it('is written as text', async () => {
    const client = await fresh(new ColourEyes());
    const timeline = await look(client);
    const { text } = await client.request(TimelineExportRequest, { timeline, format: 'srt', tracks: ['text'] });
    expect(text).toBe('1\n00:00:03,000 --> 00:00:05,000\n[text] GREEN\n');
    await expect(client.request(TimelineExportRequest, { timeline: { ...timeline, events: 1 as unknown as [] }, format: 'srt' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    expect((await readdir(join(cache, 'perception'))).length).toBeGreaterThan(0);
  });
});
