import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { makeClip } from '../../media/makeClip.js';
import { exampleAnnotateState } from './support/annotateExamples.js';
import { AnnotatePageDriver } from './support/annotatePageDriver.js';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { servePage } from './support/pageServer.js';

const run = promisify(execFile);

/** Grey values of every frame, as ffmpeg decodes them in the order of presentation. */
async function decodedFrames(clip: string, width: number, height: number): Promise<Buffer[]> {
  const { ffmpeg } = await findFfmpeg();
  const args = ['-loglevel', 'error', '-i', clip, '-map', '0:v:0', '-vsync', 'passthrough', '-vf', 'format=gray', '-f', 'rawvideo', 'pipe:1'];
  const { stdout } = await run(ffmpeg, args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  return Array.from({ length: stdout.length / (width * height) }, (_, frame) => stdout.subarray(frame * width * height, (frame + 1) * width * height));
}

/** Presentation times from the first frame on, as ffprobe tells them. */
async function frameTimes(clip: string): Promise<number[]> {
  const { ffprobe } = await findFfmpeg();
  const { stdout } = await run(ffprobe, ['-loglevel', 'error', '-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0', clip]);
  const times = stdout.split('\n').map((line) => Number.parseFloat(line)).filter((time) => Number.isFinite(time));
  return times.map((time) => time - (times[0] ?? 0));
}

const difference = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0);

describe.skipIf(!chromiumPath)('stepping to a frame shows that frame of ffmpeg (skipped where there is no Chromium)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it.each([
    ['B-frames', 'plain', 160, 120],
    ['a variable frame rate', 'vfr', 160, 120],
    ['29.97 frames per second', 'mkv', 96, 96],
    ['an edit list that hides frames', 'editList', 160, 120],
    ['sound that begins before the picture', 'soundLeads', 128, 96],
  ] as const)('with %s', async (_what, name, width, height) => {
    const clip = await makeClip({ name });
    const [frames, times] = [await decodedFrames(clip, width, height), await frameTimes(clip)];
    expect(frames).toHaveLength(times.length);
    const server = await servePage(clip, { times });
    const annotator = await AnnotatePageDriver.open(browser, server.origin, { width: 700, height: 600 });
    try {
      const state = exampleAnnotateState(server.origin);
      const durationSeconds = (times.at(-1) ?? 0) + 0.04;
      const facts = state.clip.facts && { ...state.clip.facts, width, height, durationSeconds, frameCount: times.length, streams: [] };
      await annotator.show({ ...state, clip: { ...state.clip, facts } });
      await annotator.playable();
      const shown = async (): Promise<number> => {
        const grey = Uint8Array.from(
          await annotator.page.evaluate<number[]>(`(() => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [${width}, ${height}];
            const context = canvas.getContext('2d', { willReadFrequently: true });
            context.drawImage(document.querySelector('video'), 0, 0, ${width}, ${height});
            const { data } = context.getImageData(0, 0, ${width}, ${height});
            return Array.from({ length: ${width * height} }, (_, i) => Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]));
          })()`),
        );
        const distances = frames.map((frame) => difference(frame, grey));
        return distances.indexOf(Math.min(...distances));
      };
      const expectFrame = async (frame: number): Promise<void> => {
        await annotator.until('!document.querySelector("video").seeking');
        expect(await annotator.frame()).toBe(frame);
        await expect.poll(shown, { timeout: 10_000 }).toBe(frame);
      };
      await expectFrame(0);
      for (let frame = 1; frame <= 12; frame++) {
        await annotator.command('nextFrame');
        await expectFrame(frame);
      }
      // Far away, then back, across key frames; several steps at once.
      for (const frame of [times.length - 1, Math.floor(times.length / 2), 17, 16]) {
        await annotator.tell({ type: 'seek', segment: { startSeconds: times[frame] ?? 0, endSeconds: times[frame] ?? 0 }, play: false });
        await expectFrame(frame);
      }
      await annotator.tell(...Array.from({ length: 5 }, () => ({ type: 'command', command: 'previousFrame' }) as const));
      await expectFrame(11);
    } finally {
      await annotator.dispose();
      server.dispose();
    }
  });
});
