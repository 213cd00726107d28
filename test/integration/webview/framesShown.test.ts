import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { MediaOpenRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';
import { exampleAnnotateState } from './support/annotateExamples.js';
import { AnnotatePageDriver } from './support/annotatePageDriver.js';
import { chromiumPath, launchChromium } from './support/chromium.js';
import { servePage } from './support/pageServer.js';

/** Two pictures are of other frames if they differ by more, of 255 levels. */
const discernible = 0.5;

describe.skipIf(!chromiumPath)('what the player shows in Chromium (skipped where there is none)', () => {
  let browser: Browser;
  let host: ServerInProcess;
  let client: VideoChatClient;
  let ffmpeg: string;

  beforeAll(async () => {
    ({ ffmpeg } = await findFfmpeg());
    host = new ServerInProcess(createEngineParts(), await temporaryFolder());
    client = await host.connect();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.dispose();
    removeTemporaryFolders();
  });

  /** The colours of 64 × 48 fields. */
  const fields = (picture: Buffer): Buffer =>
    execFileSync(ffmpeg, ['-v', 'error', '-i', 'pipe:0', '-vf', 'scale=64:48:flags=area', '-frames:v', '1', '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'], { input: picture });
  const distance = (a: Buffer, b: Buffer): number => a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;

  it.each<[ClipName, string]>([
    ['plain', 'file'],
    ['vp8AltRef', 'file'],
    ['withSound', 'remux'],
    ['vfr', 'transcode'],
  ])('is the frame that the model is shown at that time: %s, played as %s', async (name, mode) => {
    const clip = await makeClip({ name });
    const { videoId, facts } = await client.request(VideoOpenRequest, { path: clip });
    const media = await client.request(MediaOpenRequest, { videoId });
    expect(media.mode).toBe(mode);
    const times = new Float64Array(Buffer.from(await (await fetch(`${media.url}/times`)).arrayBuffer()).buffer);
    const frame = async (index: number): Promise<Buffer> => {
      const response = await fetch(`${media.url}/frame?seconds=${(times[index] ?? 0).toFixed(6)}&height=480`);
      expect(response.status).toBe(200);
      return fields(Buffer.from(await response.arrayBuffer()));
    };
    const server = await servePage(clip, { mediaOrigin: new URL(media.url).origin });
    const annotator = await AnnotatePageDriver.open(browser, server.origin, { width: 700, height: 600 });
    try {
      const state = exampleAnnotateState(server.origin);
      await annotator.show({ ...state, clip: { name, facts, media } });
      await annotator.playable();
      const clipOnPage = await annotator.page.evaluate<{ x: number; y: number; width: number; height: number }>(`(() => {
        const video = document.querySelector('video');
        const box = video.getBoundingClientRect();
        const scale = Math.min(box.width / video.videoWidth, box.height / video.videoHeight);
        const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
        return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
      })()`);
      const shown = async (): Promise<Buffer> => fields(await annotator.page.screenshot({ clip: clipOnPage }));
      let told = 0;
      for (const part of [0.9, 0.1, 0.55, 0.32, 0.7]) {
        const index = Math.floor(part * (times.length - 1));
        const startSeconds = times[index] ?? 0;
        await annotator.tell({ type: 'seek', segment: { startSeconds, endSeconds: startSeconds }, play: false });
        const here = await frame(index);
        for (const other of [await frame(index - 1), await frame(index + 1)]) {
          if (distance(here, other) > discernible) {
            told++;
            // A screen is drawn a moment after the jump has ended; a wrong frame would stay.
            const isHere = async (): Promise<boolean> => shown().then((seen) => distance(seen, here) < distance(seen, other));
            await expect.poll(async () => [index, await isHere()], { timeout: 10_000 }).toEqual([index, true]);
          }
        }
      }
      // Otherwise nothing was compared.
      expect(told).toBeGreaterThan(2);
      expect(await annotator.violations()).toEqual([]);
    } finally {
      await annotator.dispose();
      server.dispose();
    }
  });
});
