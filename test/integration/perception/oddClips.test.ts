import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { ErrorCode, type Timeline, type TimelineCreateParams, TimelineCreateRequest, timelineTracks, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let folder: string;
let server: ServerInProcess;
let client: VideoChatClient;
let eyes: ColourEyes;

beforeAll(async () => {
  folder = await temporaryFolder();
  eyes = new ColourEyes();
  server = new ServerInProcess({ ...createEngineParts(), perception: { open: async () => eyes } }, await temporaryFolder());
  client = await server.connect();
});
afterAll(async () => {
  await server.dispose();
  removeTemporaryFolders();
});

async function make(name: string, args: readonly string[]): Promise<string> {
  const { ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args, join(folder, name)]);
  return join(folder, name);
}
const colour = (name: string, seconds: number, size = '64x48', rate = 25): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=${size}:rate=${rate}:duration=${seconds}`];
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

async function look(path: string, params: Partial<TimelineCreateParams> = {}): Promise<Timeline> {
  const { videoId } = await client.request(VideoOpenRequest, { path });
  return client.request(TimelineCreateRequest, { videoId, ...params });
}
const states = ({ tracks }: Timeline): Record<string, string> => Object.fromEntries(tracks.map(({ track, state }) => [track, state]));
const complete = Object.fromEntries(timelineTracks.map((track) => [track, 'complete']));
const labels = ({ events }: Timeline, track: string): string[] => events.filter((event) => event.track === track).map(({ label }) => label);
const outside = ({ events, durationSeconds }: Timeline): unknown[] => events.filter(({ startSeconds, endSeconds }) => startSeconds < 0 || endSeconds > durationSeconds + 0.001 || endSeconds < startSeconds);

describe('a timeline of an odd clip', () => {
  it('without sound says so, and is whole otherwise', async () => {
    const timeline = await look(await make('silent.mp4', [...colour('red', 2), ...x264]));
    expect(states(timeline)).toEqual({ ...complete, speech: 'unavailable' });
    expect(labels(timeline, 'objects')).toEqual(['person']);
  });

  it('with a silent track of sound has no speech', async () => {
    const path = await make('quiet.mp4', [...colour('red', 2), '-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo:d=2', ...x264, '-c:a', 'aac', '-shortest']);
    const timeline = await look(path);
    expect(states(timeline)).toEqual(complete);
    expect(labels(timeline, 'speech')).toEqual([]);
  });

  it('of one frame, or a tenth of a second, has it', async () => {
    const one = await look(await make('one.mp4', [...colour('red', 0.04), ...x264]));
    expect(one.frameSeconds).toEqual([0]);
    expect(labels(one, 'objects')).toEqual(['person']);
    expect(outside(one)).toEqual([]);
    const tenth = await look(await make('tenth.mp4', [...colour('red', 0.1, '64x48', 30), '-f', 'lavfi', '-i', 'sine=f=300:d=0.1', ...x264, '-c:a', 'aac']));
    expect(labels(tenth, 'objects')).toEqual(['person']);
    expect(states(tenth)).toEqual(complete);
    expect(outside(tenth)).toEqual([]);
  });

  it.each([
    ['1x1', 'crop=1:1:0:0:exact=1', [1, 1]],
    ['17x31', 'crop=17:31:0:0:exact=1', [17, 31]],
    ['4096x16', 'scale=4096:16', [960, 4]],
    ['16x4096', 'scale=16:4096', [4, 960]],
  ] as const)('of %s pixels is looked at as it is displayed', async (name, filter, [width, height]) => {
    const path = await make(`size-${name}.mkv`, [...colour('red', 1, '64x64', 5), '-vf', filter, '-c:v', 'ffv1', '-pix_fmt', 'yuv444p']);
    const before = eyes.looks.length;
    const timeline = await look(path, { tracks: ['objects', 'motion'] });
    expect(labels(timeline, 'objects')).toEqual(['person']);
    expect(eyes.looks[before]).toMatchObject({ width, height });
  });

  it('of 8K is scaled before it gets here', async () => {
    const path = await make('8k.mp4', [...colour('red', 0.12, '7680x4320'), ...x264, '-threads', '1']);
    const before = eyes.looks.length;
    const timeline = await look(path);
    expect(labels(timeline, 'objects')).toEqual(['person']);
    expect(eyes.looks.slice(before).every(({ width, height }) => width === 960 && height === 540)).toBe(true);
  });

  it('with a rotated picture is looked at upright', async () => {
    const before = eyes.looks.length;
    await look(await makeClip({ name: 'rotated90' }), { tracks: ['objects'] });
    expect(eyes.looks[before]).toMatchObject({ width: 90, height: 160 });
  });

  it('with a variable frame rate has its times', async () => {
    // Ten frames in the first second, one in the four behind it, then red for a second.
    const path = await make('vfr.mp4', [
      ...[...colour('blue', 5, '64x48', 10), ...colour('red', 1, '64x48', 10)],
      ...['-filter_complex', "[0:v][1:v]concat=n=2:v=1,select='lt(n,10)+gte(n,50)'[v]", '-map', '[v]', '-vsync', 'passthrough', ...x264],
    ]);
    const timeline = await look(path, { tracks: ['objects', 'shots'] });
    const [person] = timeline.events.filter(({ track }) => track === 'objects');
    expect(person?.startSeconds).toBeCloseTo(5, 1);
    expect(person?.endSeconds).toBeCloseTo(6, 1);
  });

  it('with two pictures is of the one that players show', async () => {
    const path = await make('two.mkv', [
      ...[...colour('blue', 1), ...colour('red', 1)],
      ...['-map', '0', '-map', '1', ...x264, '-disposition:v:0', '0', '-disposition:v:1', 'default'],
    ]);
    const { videoId, facts } = await client.request(VideoOpenRequest, { path });
    const timeline = await client.request(TimelineCreateRequest, { videoId, tracks: ['objects'] });
    expect(facts.durationSeconds).toBeCloseTo(1, 1);
    expect(labels(timeline, 'objects')).toEqual(['person']);
  });

  it.each(['audioOnly', 'zeroFrames', 'truncatedIndex', 'text', 'empty'] as const)('that has no picture (%s) is refused in words', async (name: ClipName) => {
    const opening = makeClip({ name }).then((path) => client.request(VideoOpenRequest, { path }));
    await expect(opening).rejects.toMatchObject({ code: expect.any(Number), data: { hint: expect.any(String) } });
  });

  it.each(['mp3', 'm4a'])('of a song with a cover (%s) is refused in words: a cover is no clip', async (ending) => {
    await make('cover.png', [...colour('red', 1, '64x64', 1), '-frames:v', '1']);
    const codec = ending === 'mp3' ? ['-c:a', 'libmp3lame', '-id3v2_version', '3'] : ['-c:a', 'aac'];
    const path = await make(`song.${ending}`, ['-f', 'lavfi', '-i', 'sine=d=2', '-i', join(folder, 'cover.png'), '-map', '0', '-map', '1', ...codec, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-disposition:v', 'attached_pic']);
    await expect(client.request(VideoOpenRequest, { path })).rejects.toMatchObject({ code: expect.any(Number), data: { hint: expect.any(String) } });
  });
});

describe('a timeline of a damaged clip', () => {
  /** Red for 4 s, green for 8 s, red for 4 s; a tone at both ends. */
  async function whole(name: string, ...more: string[]): Promise<string> {
    return make(name, [
      ...[...colour('red', 4, '320x240'), ...colour('green', 8, '320x240'), ...colour('red', 4, '320x240')],
      ...['-f', 'lavfi', '-i', "aevalsrc='0.5*sin(2*PI*300*t)*(between(t,1,2.5)+between(t,13,14.5))':s=44100:d=16"],
      ...['-filter_complex', '[0:v][1:v][2:v]concat=n=3:v=1,noise=alls=20:allf=t[v]', '-map', '[v]', '-map', '3:a', ...x264, '-g', '25', '-b:v', '600k', '-c:a', 'aac', ...more],
    ]);
  }

  it('tells what is before and behind the hole, and that something is missing', async () => {
    const path = await whole('hole.mp4');
    const bytes = await readFile(path);
    const mdat = bytes.indexOf('mdat');
    const size = bytes.readUInt32BE(mdat - 4);
    bytes.fill(0, Math.floor(mdat + size * 0.4), Math.floor(mdat + size * 0.6));
    await writeFile(path, bytes);
    const timeline = await look(path);
    const persons = timeline.events.filter(({ track, label }) => track === 'objects' && label === 'person');
    expect(persons.some(({ startSeconds }) => startSeconds < 1)).toBe(true);
    expect(persons.some(({ endSeconds }) => endSeconds > 15)).toBe(true);
    expect(timeline.tracks.find(({ track }) => track === 'objects')).toMatchObject({ state: 'partial', note: expect.stringMatching(/cannot be decoded: the file is damaged/) });
    expect(outside(timeline)).toEqual([]);
    const voices = timeline.events.filter(({ track }) => track === 'speech');
    expect(voices.some(({ startSeconds }) => startSeconds < 2)).toBe(true);
    expect(voices.some(({ endSeconds }) => endSeconds > 14)).toBe(true);
  });

  it('that is cut off is refused, with the number of frames that are left', async () => {
    const path = await whole('cut.mp4', '-movflags', '+faststart');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * 0.5)));
    await expect(look(path)).rejects.toMatchObject({ code: ErrorCode.VideoTruncated, message: expect.stringMatching(/ends after \d+ frames of 400/), data: { hint: expect.any(String) } });
  });

  it('in which nothing can be decoded is refused in words', async () => {
    const path = await whole('nothing.mp4', '-movflags', '+faststart');
    const bytes = await readFile(path);
    bytes.fill(0, bytes.indexOf('mdat') + 4);
    await writeFile(path, bytes);
    await expect(look(path)).rejects.toMatchObject({ code: expect.any(Number), data: { hint: expect.any(String) } });
  });
});
