import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { NarrationCreateRequest, SummaryCreateRequest, TimelineCreateRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const timeout = 600_000;
const minutes = 180;
/** What three hours of video may take in this process, in MiB: the frames looked at alone would be many times that. */
const mostMegabytes = 300;

let folder: string;
const fake = new GatedParts();
const eyes = new ColourEyes();
let server: ServerInProcess;

beforeAll(async () => {
  folder = await temporaryFolder();
  // All is real but the models: ffmpeg, the disk, and the protocol.
  server = new ServerInProcess({ ...createEngineParts(), models: fake.parts.models, perception: { open: async () => eyes } }, await temporaryFolder());
});
afterAll(async () => {
  await server.dispose();
  removeTemporaryFolders();
});

/** Four shots a minute; key frames where they begin, and at least every ten seconds. */
async function makeHours(): Promise<string> {
  const { ffmpeg } = await findFfmpeg();
  const run = (args: string[]): Promise<unknown> => promisify(execFile)(ffmpeg, ['-hide_banner', '-loglevel', 'error', '-y', ...args]);
  const shots = ['red', 'blue', 'green', 'yellow'].flatMap((colour) => ['-f', 'lavfi', '-i', `color=${colour}:size=320x180:rate=25:duration=15`]);
  const minute = join(folder, 'minute.mp4');
  await run([...shots, '-filter_complex', '[0:v][1:v][2:v][3:v]concat=n=4:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'scenecut=40', '-g', '250', '-bf', '0', '-pix_fmt', 'yuv420p', minute]);
  const list = join(folder, 'list.txt');
  await writeFile(list, `file '${minute}'\n`.repeat(minutes));
  const hours = join(folder, 'hours.mp4');
  await run(['-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', hours]);
  return hours;
}

/** Most memory that this process takes while something runs, above what it took before, in MiB. */
async function growthOf<T>(work: () => Promise<T>): Promise<{ result: T; megabytes: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  try {
    const result = await work();
    return { result, megabytes: (Math.max(peak, process.memoryUsage.rss()) - before) / 2 ** 20 };
  } finally {
    clearInterval(watch);
  }
}

describe('three hours of video', () => {
  it('are looked through, cut into chapters and narrated in bounded memory, few frames of them decoded', async () => {
    const path = await makeHours();
    const client = await server.connect();
    const { megabytes, result } = await growthOf(async () => {
      const { videoId, facts } = await client.request(VideoOpenRequest, { path });
      expect(facts.frameCount).toBe(minutes * 60 * 25);
      const timeline = await client.request(TimelineCreateRequest, { videoId });
      const summary = await client.request(SummaryCreateRequest, { videoId, modelId: 'tiny', kind: 'chapters', answersFrom: 'events' });
      const narration = await client.request(NarrationCreateRequest, { videoId, modelId: 'tiny', answersFrom: 'embeddings', everySeconds: 60, span: { startSeconds: 7200, endSeconds: 9000 } });
      return { timeline, summary, narration };
    });
    expect(megabytes).toBeLessThan(mostMegabytes);
    const { timeline, summary, narration } = result;
    // All shots, found from key frames.
    expect(timeline.tracks.find(({ track }) => track === 'shots')).toMatchObject({ state: 'partial' });
    const starts = timeline.events.filter(({ track }) => track === 'shots').map(({ startSeconds }) => startSeconds);
    expect(starts).toHaveLength(4 * minutes);
    expect(starts.slice(0, 5).map((start) => Number(start.toFixed(2)))).toEqual([0, 15, 30, 45, 60]);
    expect(eyes.looks.length).toBeLessThanOrEqual(600);
    expect(summary.chapters?.length).toBeLessThanOrEqual(24);
    expect(narration.lines).toHaveLength(30);
    expect(narration.lines[15]).toMatchObject({ startSeconds: 8100, endSeconds: 8160, text: 'A red ball.' });
  }, timeout);
});
