import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutClip } from '../../../server/video/cutClip.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { probeVideo } from '../../../server/video/probeVideo.js';
import { ChatCreateRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { EndpointBench } from '../../fakes/endpointBench.js';
import { status, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';

const golden = path.join(import.meta.dirname, '../../golden/remote');

let bench: EndpointBench;

beforeEach(async () => {
  bench = await EndpointBench.start();
  // A clip is what it was cut by: what is sent can be compared byte for byte.
  bench.fake.parts.video.cut = async (_video, span, limits, _tools, { output }) => {
    await writeFile(output, `clip ${JSON.stringify([span.startSeconds, span.endSeconds, limits])}`);
    return limits.bytes > 1e6;
  };
});
afterEach(() => bench.dispose());
afterAll(removeTemporaryFolders);

const kinds = (): string[] => bench.endpoint.bodies.map((body) => /"type":"(video_url|input_video|image_url)"/.exec(body)?.[1] ?? 'text');

describe('clips', () => {
  it('are sent as they are to a model that takes them, a part of one with what its times mean', async () => {
    await bench.declare({ video: { part: 'video_url', processor: { fps: 2 }, reader: { num_frames: 32 } } });
    await bench.ask();
    const { videoId } = await bench.client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
    const { videoId: picture } = await bench.client.request(VideoOpenRequest, { path: '/clips/cup.png' });
    const { chatId } = await bench.client.request(ChatCreateRequest, { videoIds: [videoId, picture], modelId: 'far', options: { plan: 'videochat:2', span: { startSeconds: 2, endSeconds: 4 } } });
    await bench.send(chatId);
    await expect(`${bench.endpoint.bodies.map((body) => JSON.stringify(JSON.parse(body), undefined, 2)).join('\n')}\n`).toMatchFileSnapshot(path.join(golden, 'clips.json'));
  });

  it('are sent where the server says that it takes them, in its form', async () => {
    await bench.declare({ video: {} });
    await bench.ask();
    bench.endpoint.models = [{ id: 'seer', architecture: { input_modalities: ['text', 'image', 'video'] } }];
    await bench.declare({ video: {}, concurrency: 2 });
    await bench.ask();
    bench.endpoint.models = [{ id: 'seer', owned_by: 'llamacpp' }];
    bench.endpoint.props = { default_generation_settings: { n_ctx: 16_384 }, modalities: { vision: true, video: true } };
    await bench.declare({ video: {}, concurrency: 3 });
    await bench.ask();
    expect(kinds()).toEqual(['image_url', 'video_url', 'input_video']);
  });

  it('that are too long or too large are sent as frames', async () => {
    await bench.declare({ video: { part: 'video_url', seconds: 5 } });
    await bench.ask();
    await bench.declare({ video: { part: 'video_url', megabytes: 0.5 } });
    await bench.ask();
    bench.endpoint.models = [{ id: 'seer', max_model_len: 4096 }];
    await bench.declare({ video: { part: 'video_url' } });
    await bench.ask();
    expect(kinds()).toEqual(['image_url', 'image_url', 'image_url']);
  });

  it('that are refused are sent as frames, and so is what comes after', async () => {
    await bench.declare({ video: { part: 'video_url', processor: { fps: 2 } } });
    bench.endpoint.script = [
      status(400, { error: { message: 'mm_processor_kwargs: extra fields not permitted' } }),
      status(400, { error: { message: 'At most 0 video(s) may be provided in one prompt: video input is not supported' } }),
      words('A red ball.'),
    ];
    const chatId = await bench.openChat();
    expect(await bench.send(chatId)).toMatchObject({ text: 'A red ball.', from: 'embeddings' });
    await bench.send(chatId, 'And now?');
    expect(kinds()).toEqual(['video_url', 'video_url', 'image_url', 'image_url']);
    expect(bench.endpoint.requests.map((request) => 'mm_processor_kwargs' in request)).toEqual([true, false, false, false]);
  });
});

it('a stretch is cut as a small mp4 that begins at 0, within its limits', async () => {
  const tools = await findFfmpeg();
  const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
  const output = path.join(await temporaryFolder(), 'cut.mp4');
  const span = { startSeconds: 0.2, endSeconds: Math.min(1, video.facts.durationSeconds) };
  expect(await cutClip(video, span, { bytes: 1e6, fps: 5, side: 64 }, tools, { output })).toBe(true);
  const cut = await probeVideo(output, tools);
  expect(cut.facts).toMatchObject({ codec: 'h264', kind: 'video' });
  expect(Math.max(cut.facts.width, cut.facts.height)).toBeLessThanOrEqual(64);
  expect(cut.facts.fps).toBeLessThanOrEqual(5);
  expect(Math.abs(cut.facts.durationSeconds - (span.endSeconds - span.startSeconds))).toBeLessThanOrEqual(0.25);
  expect(cut.facts.streams.every(({ kind }) => kind === 'video')).toBe(true);
  expect(await cutClip(video, span, { bytes: 200, fps: 5, side: 64 }, tools, { output })).toBe(false);
  await promisify(execFile)(tools.ffmpeg, ['-v', 'error', '-xerror', '-i', output, '-f', 'null', '-']);
});
