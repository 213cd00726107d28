import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { MediaOpenRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';
import { chromiumPath, launchChromium } from './support/chromium.js';

/** Two pictures are of other frames if they differ by more, of 255 levels. */
const discernible = 0.5;

describe.skipIf(!chromiumPath)('what Chromium shows at a time (skipped where there is none)', () => {
  let browser: Browser;
  let page: Page;
  let host: ServerInProcess;
  let client: VideoChatClient;
  let ffmpeg: string;

  beforeAll(async () => {
    ({ ffmpeg } = await findFfmpeg());
    host = new ServerInProcess(createEngineParts(), await temporaryFolder());
    client = await host.connect();
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 400, height: 400 } });
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

  const picture = async (): Promise<Buffer> => fields(await page.locator('video').screenshot());

  async function jump(seconds: number): Promise<void> {
    await page.evaluate(`new Promise((resolve, reject) => {
      const video = document.querySelector('video');
      video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true });
      video.addEventListener('seeked', () => requestAnimationFrame(() => requestAnimationFrame(resolve)), { once: true });
      video.currentTime = ${seconds};
    })`);
  }

  it.each<[ClipName, string]>([
    ['plain', 'file'],
    ['vp8AltRef', 'file'],
    ['withSound', 'remux'],
    ['vfr', 'transcode'],
  ])('is the frame that the model is shown then: %s, played as %s', async (name, mode) => {
    const { videoId, facts } = await client.request(VideoOpenRequest, { path: await makeClip({ name }) });
    const media = await client.request(MediaOpenRequest, { videoId });
    expect(media.mode).toBe(mode);
    await page.setContent(`<style>body { margin: 0 } video { display: block; width: 320px }</style><video muted preload="auto" src="${media.url}/stream"></video>`);
    await expect.poll(() => page.evaluate('document.querySelector("video").readyState'), { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    const frame = async (seconds: number): Promise<Buffer> => {
      const response = await fetch(`${media.url}/frame?seconds=${Math.max(0, seconds).toFixed(4)}&height=480`);
      expect(response.status).toBe(200);
      return fields(Buffer.from(await response.arrayBuffer()));
    };
    let told = 0;
    for (const part of [0.9, 0.1, 0.55, 0.32, 0.7]) {
      // The middle of a frame, where frames are of one length.
      const seconds = (Math.floor(part * facts.durationSeconds * facts.fps) + 0.5) / facts.fps;
      await jump(seconds);
      const here = await frame(seconds);
      for (const other of [await frame(seconds - 1 / facts.fps), await frame(seconds + 1 / facts.fps)]) {
        if (distance(here, other) > discernible) {
          told++;
          // A screen is drawn a moment after the jump has ended; a wrong frame would stay.
          const isHere = async (): Promise<boolean> => picture().then((seen) => distance(seen, here) < distance(seen, other));
          await expect.poll(async () => [part, await isHere()], { timeout: 10_000 }).toEqual([part, true]);
        }
      }
    }
    // Otherwise nothing was compared.
    expect(told).toBeGreaterThan(2);
  });
});
