import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { type Timeline, type TimelineCreateParams, TimelineCreateRequest, type TimelineTrack, VideoOpenRequest } from '../../../server/protocol/index.js';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const media = fileURLToPath(new URL('../../../../shared/media/', import.meta.url));
/** Of Debian's pocketsphinx-testdata: five sentences of an audiobook, 16 kHz. */
const librivox = '/usr/share/pocketsphinx/test/data/librivox';
const without = existsSync(media) ? '' : ' (skipped: the real clips are not beside this checkout)';

let folder: string;
let server: ServerInProcess;
let client: VideoChatClient;
let canWrite = true;

beforeAll(async () => {
  await buildOutput(repository);
  folder = await temporaryFolder();
  server = new ServerInProcess(createEngineParts(), await temporaryFolder());
  client = await server.connect();
  const grey = (seconds: number, colour: string): string[] => ['-f', 'lavfi', '-i', `color=${colour}:size=640x360:rate=25:duration=${seconds}`];
  const text = `drawtext=text='OPENING HOURS 9 to 5':fontsize=40:fontcolor=white:x=90:y=160:enable='between(t,2,3.99)'`;
  // Grey, with text from 2 s to 4 s; black from 6 s to 7 s; white behind it; noise all along.
  await make('made.mp4', [
    ...[...grey(6, '0x306080'), ...grey(1, 'black'), ...grey(2, '0xd0d0d0'), '-f', 'lavfi', '-i', 'anoisesrc=amplitude=0.2:duration=9'],
    ...['-filter_complex', `[0:v]${text}[a];[a][1:v][2:v]concat=n=3:v=1[v]`, '-map', '[v]', '-map', '3:a', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
  ]).catch(() => (canWrite = false));
  await writeFile(join(folder, 'made.srt'), '1\n00:00:07,500 --> 00:00:08,500\nWe are closed.\n');
});
afterAll(async () => {
  await server.dispose();
  removeTemporaryFolders();
});

async function make(name: string, args: readonly string[]): Promise<void> {
  const { ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args, join(folder, name)]);
}
async function look(path: string, params: Partial<TimelineCreateParams> = {}): Promise<Timeline> {
  const { videoId } = await client.request(VideoOpenRequest, { path });
  return client.request(TimelineCreateRequest, { videoId, ...params });
}
/** Share of a part of the clip in which something is to be seen. */
function shareOf({ events }: Timeline, track: TimelineTrack, label: string, [start, end]: [number, number]): number {
  const own = events.filter((event) => event.track === track && event.label === label);
  return own.reduce((sum, { startSeconds, endSeconds }) => sum + Math.max(0, Math.min(end, endSeconds) - Math.max(start, startSeconds)), 0) / (end - start);
}
const labels = ({ events }: Timeline, track: TimelineTrack): string[] => [...new Set(events.filter((event) => event.track === track).map(({ label }) => label))];

describe('a clip that the test makes', () => {
  it('has its text, its black second, its cuts and its subtitles, and no more', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
    const timeline = await look(join(folder, 'made.mp4'));
    const texts = timeline.events.filter(({ track }) => track === 'text');
    expect(texts).toHaveLength(1);
    expect(texts[0]?.label.toUpperCase().replace(/\s/g, '')).toBe('OPENINGHOURS9TO5');
    expect(Math.abs((texts[0]?.startSeconds ?? 0) - 2)).toBeLessThanOrEqual(0.5);
    expect(Math.abs((texts[0]?.endSeconds ?? 0) - 4)).toBeLessThanOrEqual(0.5);
    const [x = 0, y = 0, width = 0, height = 0] = texts[0]?.box ?? [];
    expect(x + width / 2).toBeCloseTo(0.5, 0);
    expect(y + height / 2).toBeCloseTo(0.5, 1);
    expect(timeline.events.filter(({ label }) => label === 'dark')).toMatchObject([{ startSeconds: 6, endSeconds: 7 }]);
    expect(timeline.events.filter(({ track }) => track === 'shots').map(({ startSeconds }) => startSeconds)).toEqual([0, 6, 7]);
    // Noise is no speech.
    expect(timeline.events.filter(({ track }) => track === 'speech')).toMatchObject([{ label: 'We are closed.', startSeconds: 7.5, endSeconds: 8.5, source: 'subtitles' }]);
    expect(labels(timeline, 'objects')).toEqual([]);
    expect(labels(timeline, 'people')).toEqual([]);
  });
});

describe('recorded speech', () => {
  it('is heard where it is, in a clip that shows nothing', async () => {
    await make('speech.mp4', [
      ...['-f', 'lavfi', '-i', 'color=0x306080:size=160x90:rate=10:duration=7', '-i', join(repository, 'test/fixtures/perception/speech.flac')],
      ...['-af', 'adelay=2000:all=1,apad', '-shortest', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    ]);
    const { events, models } = await look(join(folder, 'speech.mp4'), { tracks: ['speech'] });
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ label, confidence }) => label === 'speech' && confidence > 0.5)).toBe(true);
    expect(Math.abs((events[0]?.startSeconds ?? 0) - 2)).toBeLessThanOrEqual(0.5);
    expect(events.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0)).toBeGreaterThan(1);
    expect(models.map(({ id }) => id)).toEqual([events[0]?.source]);
  });

  it('is not heard in music, hum and noise', async () => {
    // Chords that change twice a second, with overtones and a beat; mains hum; hiss.
    const note = (hertz: number): string => `0.1*(sin(2*PI*${hertz}*t*(1+0.122*mod(floor(2*t),3)))+0.5*sin(4*PI*${hertz}*t*(1+0.122*mod(floor(2*t),3))))`;
    const music = `(${[262, 330, 392].map(note).join('+')})*(0.4+0.6*exp(-6*mod(t,0.5)))`;
    await make('music.mp4', [
      ...['-f', 'lavfi', '-i', 'color=0x306080:size=160x90:rate=10:duration=18', '-f', 'lavfi', '-i', `aevalsrc='if(lt(t,8),${music},if(lt(t,13),0.3*sin(2*PI*50*t),0))':s=16000:d=18`],
      ...['-f', 'lavfi', '-i', 'anoisesrc=c=pink:amplitude=0.3:d=18:r=16000', '-filter_complex', "[2]volume='if(gt(t,13),1,0)':eval=frame[n];[1][n]amix=duration=first[a]"],
      ...['-map', '0:v', '-map', '[a]', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    ]);
    const timeline = await look(join(folder, 'music.mp4'), { tracks: ['speech'] });
    expect(timeline.tracks).toEqual([{ track: 'speech', state: 'complete' }]);
    expect(timeline.events).toEqual([]);
  });

  it.skipIf(!existsSync(librivox))(`is heard in an audiobook on a silent clip${existsSync(librivox) ? '' : ' (skipped: pocketsphinx-testdata is not installed)'}`, async () => {
    const readings = (await readdir(librivox)).filter((name) => name.endsWith('.wav')).sort().map((name) => join(librivox, name));
    expect(readings.length).toBeGreaterThan(2);
    // Two seconds of silence before each.
    const inputs = readings.flatMap((path) => ['-i', path]);
    const parts = readings.map((_, i) => `[${i + 1}:a]aresample=16000,adelay=2000:all=1[a${i}];`).join('');
    await make('audiobook.mp4', [
      ...['-f', 'lavfi', '-i', 'color=0x306080:size=160x90:rate=10:duration=60', ...inputs],
      ...['-filter_complex', `${parts}${readings.map((_, i) => `[a${i}]`).join('')}concat=n=${readings.length}:v=0:a=1[a]`],
      ...['-map', '0:v', '-map', '[a]', '-shortest', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
    ]);
    const lengths = await Promise.all(readings.map(async (path) => (await stat(path)).size / 32_000));
    const timeline = await look(join(folder, 'audiobook.mp4'), { tracks: ['speech'] });
    let at = 0;
    for (const length of lengths) {
      expect(shareOf(timeline, 'speech', 'speech', [at, at + 1.8])).toBeLessThan(0.1);
      expect(shareOf(timeline, 'speech', 'speech', [at + 2, at + 2 + length])).toBeGreaterThan(0.6);
      at += 2 + length;
    }
  });
});

describe.skipIf(without !== '')(`real clips${without}`, () => {
  it('vtest.avi: several people walk, vans are parked, nobody shows a text', async () => {
    const timeline = await look(media + 'vtest.avi', { span: { startSeconds: 0, endSeconds: 16 } });
    expect(shareOf(timeline, 'objects', 'person', [0, 16])).toBeGreaterThan(0.9);
    const people = timeline.events.filter(({ label }) => label === 'person');
    expect(Math.max(...people.map(({ count = 0 }) => count))).toBeGreaterThanOrEqual(3);
    expect(shareOf(timeline, 'objects', 'truck', [0, 16]) + shareOf(timeline, 'objects', 'car', [0, 16])).toBeGreaterThan(0.8);
    expect(shareOf(timeline, 'people', 'standing', [0, 16])).toBeGreaterThan(0.5);
    expect(labels(timeline, 'text')).toEqual([]);
    expect(labels(timeline, 'motion')).toContain('moving');
    expect(timeline.tracks.find(({ track }) => track === 'speech')?.state).toBe('unavailable');
  }, 600_000);

  it.each(['yoga.mp4', 'jesse_dance.mp4'])('%s: one person, all along', async (name) => {
    const timeline = await look(media + name);
    expect(shareOf(timeline, 'objects', 'person', [0, timeline.durationSeconds])).toBeGreaterThan(0.8);
    expect(timeline.events.filter(({ label }) => label === 'person').every(({ count }) => count === 1)).toBe(true);
    expect(labels(timeline, 'shots')).toEqual(['shot']);
    expect(labels(timeline, 'text')).toEqual([]);
  }, 600_000);

  it('cup.mp4: noise is heard, and nobody speaks', async () => {
    const timeline = await look(media + 'cup.mp4', { tracks: ['speech', 'shots'] });
    expect(timeline.tracks).toEqual([{ track: 'shots', state: 'complete' }, { track: 'speech', state: 'complete' }]);
    expect(labels(timeline, 'speech')).toEqual([]);
    expect(timeline.events).toHaveLength(1);
  });
});
