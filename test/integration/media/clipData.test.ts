import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { peaksOfRange, peaksPerSecond, readSoundPeaks } from '../../../server/media/soundPeaks.js';
import { type FfmpegTools, findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { findShots } from '../../../server/video/findShots.js';
import { frameSeconds, probeVideo } from '../../../server/video/probeVideo.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let tools: FfmpegTools;
let folder: string;
beforeAll(async () => {
  tools = await findFfmpeg();
  folder = await temporaryFolder();
});
afterAll(removeTemporaryFolders);

async function make(name: string, args: string[]): Promise<string> {
  const path = join(folder, name);
  await promisify(execFile)(tools.ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args, path]);
  return path;
}

describe('shots', () => {
  it('begin at the frames after hard cuts, with B-frames and a broken rate', async () => {
    const source = (what: string, seconds: number): string[] => ['-f', 'lavfi', '-i', `${what}=size=160x90:rate=30000/1001,trim=duration=${seconds}`];
    const path = await make('cuts.mp4', [
      ...[...source('testsrc2', 2), ...source('smptebars', 1.5), ...source('mandelbrot', 2)],
      ...['-filter_complex', '[0:v][1:v][2:v]concat=n=3:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-bf', '3', '-pix_fmt', 'yuv420p'],
    ]);
    const video = await probeVideo(path, tools);
    const frames = (await findShots(video, tools)).map((seconds) => Math.round(seconds * video.facts.fps));
    expect(frames).toEqual([60, 105]);
    expect(await findShots(video, tools)).toEqual([frameSeconds(video, 60), frameSeconds(video, 105)]);
  });

  it.each([['fade', 62, 1], ['fadeblack', 62, 1], ['dissolve', 62, 1], ['fade', 75, 2]] as const)('go over into one another: %s', async (transition, middle, seconds) => {
    // Between two still pictures, from 2 s on.
    const picture = (seek: string): string[] => ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=25,${seek}`];
    const still = 'trim=end_frame=1,loop=loop=200:size=1,setpts=N/25/TB,trim=duration=5';
    const path = await make(`${transition}${seconds}.mp4`, [
      ...[...picture('hflip'), '-f', 'lavfi', '-i', 'mandelbrot=size=320x180:rate=25:start_scale=1'],
      ...['-filter_complex', `[0:v]${still},format=yuv420p,settb=1/25,fps=25[a];[1:v]${still},format=yuv420p,settb=1/25,fps=25[b];[a][b]xfade=transition=${transition}:duration=${seconds}:offset=2[v]`],
      ...['-map', '[v]', '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
    ]);
    const shots = await findShots(await probeVideo(path, tools), tools);
    expect(shots.length).toBe(1);
    expect(Math.abs((shots[0] ?? 0) * 25 - middle)).toBeLessThanOrEqual(6);
  });

  it('are one where only the light changes', async () => {
    const path = await make('light.mp4', [
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25,trim=end_frame=1,loop=loop=200:size=1,setpts=N/25/TB,trim=duration=4'],
      ...['-vf', "lutyuv=y='val',eq=brightness='-0.4*min(1,max(0,t-1))':eval=frame", '-c:v', 'libx264', '-pix_fmt', 'yuv420p'],
    ]);
    expect(await findShots(await probeVideo(path, tools), tools)).toEqual([]);
  });

  it('are one where nothing is cut', async () => {
    const path = await make('one.mp4', ['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=25:duration=2', '-c:v', 'libx264', '-pix_fmt', 'yuv420p']);
    expect(await findShots(await probeVideo(path, tools), tools)).toEqual([]);
  });
});

describe('the waveform', () => {
  it('is in step with the picture, also where the sound begins later', async () => {
    // A tone from 0.5 s to 1 s of the sound, which itself begins 0.4 s behind the first frame.
    const path = await make('late.mkv', [
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25:duration=2'],
      ...['-itsoffset', '0.4', '-f', 'lavfi', '-i', `aevalsrc='0.8*sin(2*PI*440*t)*between(t,0.5,1)':s=44100:d=1.5`],
      ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'flac', '-map', '0:v', '-map', '1:a'],
    ]);
    const video = await probeVideo(path, tools);
    const peaks = await readSoundPeaks(video, tools);
    expect(peaks).toHaveLength(2 * video.facts.durationSeconds * peaksPerSecond);
    const loud = Array.from({ length: peaks.length / 2 }, (_, i) => (peaks[2 * i + 1] ?? 0) > 60);
    expect(Math.abs(loud.indexOf(true) - 90)).toBeLessThanOrEqual(2);
    expect(Math.abs(loud.lastIndexOf(true) - 139)).toBeLessThanOrEqual(2);
    const [silence, tone] = [peaksOfRange(peaks, 0, 0.8, 1), peaksOfRange(peaks, 1, 1.3, 1)];
    expect(silence[1]).toBeLessThanOrEqual(2);
    expect(tone[0]).toBeLessThan(-60);
  });

  it('is empty without sound', async () => {
    const path = await make('silent.mp4', ['-f', 'lavfi', '-i', 'testsrc2=size=64x36:rate=25:duration=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p']);
    expect(await readSoundPeaks(await probeVideo(path, tools), tools)).toHaveLength(0);
  });
});
