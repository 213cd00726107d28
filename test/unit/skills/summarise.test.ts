import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { type ChatProgress, ErrorCode, ServerStatusRequest, SummaryCreateRequest, VideoChatError, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findMoments } from '../../../server/skills/summarise/findMoments.js';
import { beforeEachChatBench, said, stages, videoPath } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ fake, client } = setUp));

const openClip = async (path = videoPath): Promise<string> => (await client.request(VideoOpenRequest, { path })).videoId;
const openChats = async (): Promise<number> => (await client.request(ServerStatusRequest, {})).openChats;

describe('a summary', () => {
  it('says what the model says, with the times of it, and leaves no conversation behind', async () => {
    fake.script = [' A ball', ' from 2 to 4 seconds,', ' gone at 0:09,', ' back at 11 s', '.###'];
    const progress: ChatProgress[] = [];
    const summary = await client.request(
      SummaryCreateRequest,
      { videoId: await openClip(), modelId: 'tiny', plan: 'videochat:4' },
      { onProgress: (value) => void (value.kind !== 'step' && value.kind !== 'draft' && progress.push(value)) },
    );
    expect(summary).toMatchObject({
      facts: { path: videoPath, durationSeconds: 10 },
      text: 'A ball from 2 to 4 seconds, gone at 0:09, back at 11 s.',
      moments: [
        { text: 'from 2 to 4 seconds', segment: { startSeconds: 2, endSeconds: 4 } },
        { text: '0:09', segment: { startSeconds: 9, endSeconds: 10 } },
      ],
      plan: { spec: 'videochat:4' },
      model: { id: 'tiny', demonstration: true },
    });
    expect(summary.totalMs).toBeGreaterThan(0);
    expect(stages(progress)).toEqual(['loading', 'decoding', 'encoding', 'prefill', 'generating']);
    expect(said(progress).trim()).toBe(summary.text);
    expect(fake.prompts[0]).toContain('Describe the video.');
    expect(await openChats()).toBe(0);
  });

  it('asks in the words of the manifest', async () => {
    fake.manifest.prompts = { summary: 'What goes on?' };
    await client.request(SummaryCreateRequest, { videoId: await openClip(), modelId: 'tiny' });
    expect(fake.prompts[0]).toContain('What goes on?');
    expect(fake.prompts[0]).not.toContain('Describe');
  });

  it.each(['load', 'decode', 'encode', 'generate'] as const)('can be cancelled while it has to %s', async (stage) => {
    fake.gates[stage].close();
    const source = new CancellationTokenSource();
    const summary = client.request(SummaryCreateRequest, { videoId: await openClip(), modelId: 'tiny' }, { token: source.token });
    summary.catch(() => undefined);
    await fake.gates[stage].reached();
    source.cancel();
    await expect(summary).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    fake.gates[stage].open();
    expect(await openChats()).toBe(0);
    expect(await client.request(SummaryCreateRequest, { videoId: await openClip(), modelId: 'tiny' })).toMatchObject({ text: 'A red ball.' });
  });

  it('fails as a question does, and leaves no conversation behind', async () => {
    fake.failures.decode = new VideoChatError(ErrorCode.VideoTruncated, 'The file is cut off.');
    const videoId = await openClip();
    await expect(client.request(SummaryCreateRequest, { videoId, modelId: 'tiny' })).rejects.toMatchObject({ code: ErrorCode.VideoTruncated });
    expect(await openChats()).toBe(0);
  });

  it.each([
    [{ videoId: 'none', modelId: 'tiny' }, ErrorCode.VideoUnknown],
    [{ modelId: 'none' }, ErrorCode.ModelUnknown],
    [{ modelId: 'broken' }, ErrorCode.ManifestInvalid],
    [{ modelId: 'tiny', plan: 'nonsense' }, ErrorCode.FramePlanInvalid],
    [{ modelId: 7 as unknown as string }, ErrorCode.InvalidParams],
  ])('refuses %j', async (params, code) => {
    const videoId = await openClip();
    await expect(client.request(SummaryCreateRequest, { videoId, ...params })).rejects.toMatchObject({ code });
    expect(await openChats()).toBe(0);
  });
});

describe('findMoments', () => {
  it('keeps to the clip', () => {
    expect(findMoments('at 1 s, from 2 to 30 seconds, at 0:10', 10).map(({ segment }) => segment)).toEqual([
      { startSeconds: 1, endSeconds: 2 },
      { startSeconds: 2, endSeconds: 10 },
    ]);
    expect(findMoments('at 0 s', 0)).toEqual([]);
  });
});
