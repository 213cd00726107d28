import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import type { Manifest } from '../../../server/models/manifest.js';
import { noPerception } from '../../../server/perception/noPerception.js';
import type { Perception } from '../../../server/perception/perception.js';
import {
  type ChatAnswer,
  ChatAddMediaRequest,
  ChatCreateRequest,
  ChatForeseeRequest,
  ChatHistoryRequest,
  type ChatOptions,
  type ChatProgress,
  ChatRegenerateRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  type ChatSendParams,
  ErrorCode,
  type ForeseenHalf,
  ModelListRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { stages } from '../../fakes/chatBench.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

/** Real clips, looked at by eyes that take colours for things, and a model that says what the test wants. */
let clip: string;
let picture: string;
let fake: GatedParts;
let client: VideoChatClient;
let server: ServerInProcess | undefined;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const { ffmpeg } = await findFfmpeg();
  const run = (args: readonly string[]): Promise<unknown> => promisify(execFile)(ffmpeg, ['-v', 'error', '-y', ...args]);
  clip = join(folder, 'colours.mp4');
  picture = join(folder, 'red.png');
  const colour = (name: string): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=320x240:rate=10:duration=3`];
  await run([...colour('red'), ...colour('green'), '-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', clip]);
  await run(['-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', picture]);
});
beforeEach(async () => {
  fake = new GatedParts();
  Object.values(fake.gates).forEach((gate) => gate.open());
  fake.contextLength = 4096;
  fake.manifest.abilities.push('timeline');
  await start();
});
afterEach(async () => {
  await server?.dispose();
});
afterAll(removeTemporaryFolders);

async function start(eyes: Perception = new ColourEyes()): Promise<void> {
  await server?.dispose();
  if (eyes instanceof ColourEyes) {
    eyes.gate.open();
  }
  const { models, cache } = fake.parts;
  server = new ServerInProcess({ ...createEngineParts(), models, cache, perception: { open: async () => eyes } }, await temporaryFolder());
  client = await server.connect();
}

async function createChat(options?: ChatOptions, paths = [clip]): Promise<string> {
  const videoIds = await Promise.all(paths.map(async (path) => (await client.request(VideoOpenRequest, { path })).videoId));
  return (await client.request(ChatCreateRequest, { videoIds, modelId: 'tiny', options })).chatId;
}

async function ask(chatId: string, text: string, more: Partial<ChatSendParams> = {}): Promise<ChatAnswer & { stages: string[] }> {
  const progress: ChatProgress[] = [];
  const answer = await client.request(ChatSendRequest, { chatId, text, ...more }, { onProgress: (value) => void progress.push(value) });
  return { ...answer, stages: stages(progress) };
}

describe('what an answer is made from', () => {
  it('is the frames with a model that sees, unless the person says otherwise', async () => {
    expect((await client.request(ModelListRequest, {})).models[0]?.halves).toEqual(['embeddings', 'timeline', 'both']);
    const chatId = await createChat();
    const usual = await ask(chatId, 'One?');
    expect(usual).toMatchObject({ from: 'embeddings', plan: { spec: 'videochat:8' } });
    expect(usual).not.toHaveProperty('evidence');
    fake.script = [' The', ' person', ' is', ' there.###'];
    const answer = await ask(chatId, 'Two?', { answersFrom: 'timeline' });
    expect(answer.from).toBe('timeline');
    expect(answer).not.toHaveProperty('fromReason');
    expect(answer.stages).toContain('looking');
    expect(answer.evidence?.map(({ track, label, startSeconds, endSeconds }) => ({ track, label, startSeconds, endSeconds }))).toEqual([
      { track: 'objects', label: 'person', startSeconds: 0, endSeconds: expect.closeTo(3, 0) as number },
    ]);
    // The frame that shows it best.
    expect(answer.plan.spec).toMatch(/^at:/);
    expect(answer.plan.seconds[0]).toBeLessThan(3);
    expect(fake.prompts.at(-1)).toMatch(/Do not invent a plot[^]*object person[^]*"GREEN"[^]*One\?[^]*Two\?/);
    expect((await client.request(ChatHistoryRequest, { chatId })).turns.map(({ answersFrom }) => answersFrom)).toEqual([undefined, 'timeline']);
    expect((await client.request(ChatRegenerateRequest, { chatId })).from).toBe('timeline');
    expect((await client.request(ChatRegenerateRequest, { chatId, answersFrom: 'embeddings' })).from).toBe('embeddings');
  });

  it('is the timeline with a model of texts alone, which takes pictures too', async () => {
    const manifest: Manifest = fake.manifest;
    manifest.abilities = ['timeline'];
    delete manifest.encoder;
    const answer = await ask(await createChat(), 'What does it say?');
    expect(answer).toMatchObject({ from: 'timeline', evidence: [], model: { vision: '' }, plan: { spec: 'timeline', seconds: [] } });
    expect(answer.fromReason).toContain('reads texts alone');
    expect(fake.counts.encode).toBe(0);
    expect((await ask(await createChat({}, [picture]), 'What is it?')).from).toBe('timeline');
    expect(fake.prompts.at(-1)).toContain('It is a single picture.');
    await expect(ask(await createChat({ answersFrom: 'embeddings' }), 'What?')).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('is refused where the model cannot', async () => {
    fake.manifest.abilities = ['chat', 'image'];
    await expect(ask(await createChat({ answersFrom: 'timeline' }), 'What?')).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    fake.manifest.abilities.push('timeline');
    fake.manifest.timeline = { language: fake.manifest.language };
    const hint = expect.stringContaining('weights of its own') as string;
    await expect(ask(await createChat({ answersFrom: 'both' }), 'What?')).rejects.toMatchObject({ data: { hint } });
  });

  it('may be frames and timeline in one prompt', async () => {
    const answer = await ask(await createChat({ answersFrom: 'both' }), 'What?');
    expect(answer).toMatchObject({ from: 'both', evidence: [], plan: { spec: 'videochat:8' } });
    expect(fake.prompts[0]).toMatch(/\[video\][^]*object person[^]*What\?/);
  });

  it('comes of weights of its own, loaded when they are first needed', async () => {
    fake.manifest.timeline = { language: { ...fake.manifest.language, default: 'f16' }, prompt: { contextMessage: 'Notes: {{ context }}\n' } };
    const chatId = await createChat();
    await ask(chatId, 'One?');
    expect(fake.counts.load).toBe(1);
    await ask(chatId, 'Two?', { answersFrom: 'timeline' });
    await ask(chatId, 'Three?', { answersFrom: 'timeline' });
    expect(fake.counts.load).toBe(2);
    expect(fake.prompts.at(-1)).toContain('###Human: Notes: ');
  });
});

describe('an encoder that knows what it was trained on', () => {
  const domain = (mean: number): object => ({ mean: Array<number>(32).fill(mean), deviation: Array<number>(32).fill(1), directions: [], variances: [], limit: 1 });

  async function withDomain(mean: number): Promise<void> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'domain.json'), JSON.stringify({ video: domain(mean), image: domain(0) }));
    fake.manifest.files['domain'] = { path: 'domain.json', bytes: 1, sha256: '0'.repeat(64) };
    fake.manifest.encoder.domain = 'domain';
    fake.parts.models.discover = async () => [{ id: 'tiny', folder, manifest: fake.manifest }];
  }

  it('looks itself at what is like it', async () => {
    await withDomain(0);
    await start();
    const answer = await ask(await createChat(), 'What?');
    expect(answer.from).toBe('embeddings');
    expect(answer.fromReason).toContain('knows clips like this one');
  });

  it('leaves what is unlike it to the timeline, and pictures are judged by themselves', async () => {
    await withDomain(9);
    await start();
    const answer = await ask(await createChat(), 'What?');
    expect(answer.from).toBe('timeline');
    expect(answer.fromReason).toContain('trained on nothing like this clip');
    expect((await ask(await createChat({}, [picture]), 'What?')).from).toBe('embeddings');
    expect((await ask(await createChat({ answersFrom: 'embeddings' }), 'What?')).from).toBe('embeddings');
  });

  it('says beforehand which half would answer, without a question or a conversation', async () => {
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const foresee = (options: ChatOptions = {}): Promise<ForeseenHalf> => client.request(ChatForeseeRequest, { videoId, modelId: 'tiny', options });
    expect(await foresee()).toEqual({ half: 'embeddings', reason: expect.stringContaining('looks at the frames') as string });
    expect(await foresee({ answersFrom: 'both' })).toEqual({ half: 'both' });
    // Nothing of that had to be looked at.
    expect(fake.counts.load).toBe(0);
    await withDomain(9);
    await start();
    const opened = await client.request(VideoOpenRequest, { path: clip });
    expect(await client.request(ChatForeseeRequest, { videoId: opened.videoId, modelId: 'tiny' })).toMatchObject({ half: 'timeline' });
    expect(fake.prompts).toEqual([]);
    await expect(client.request(ChatForeseeRequest, { videoId: 'none', modelId: 'tiny' })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
  });

  it('looks after all where nothing could make a timeline, and says so', async () => {
    await withDomain(9);
    await start(noPerception);
    const answer = await ask(await createChat(), 'What?');
    expect(answer.from).toBe('embeddings');
    expect(answer.fromReason).toContain('no perception models are installed');
    const asked = await ask(await createChat({ answersFrom: 'timeline' }), 'What?');
    expect(asked.from).toBe('timeline');
    expect(asked.fromReason).toContain('No perception models');
  });
});

describe('an answer from the timeline', () => {
  it('reads the clip once for several questions', async () => {
    const chatId = await createChat({ answersFrom: 'timeline' });
    await ask(chatId, 'One?');
    const second = await ask(chatId, 'Two?');
    expect(second.stages).not.toContain('looking');
    expect(second.embeddingsCached).toBe(true);
    expect(second.tokens.prefilled).toBeLessThan(100);
  });

  it('chooses what the question is about where the whole does not fit', async () => {
    fake.contextLength = 1024;
    const chatId = await createChat({ answersFrom: 'timeline', sampling: { maxTokens: 16 } });
    await ask(chatId, 'What does it say?');
    expect(fake.prompts.at(-1)?.length).toBeLessThanOrEqual(1008);
    expect(fake.prompts.at(-1)).toContain('GREEN');
  });

  it('tells only of the part that is asked about', async () => {
    const chatId = await createChat({ answersFrom: 'timeline' });
    await ask(chatId, 'What?', { span: { startSeconds: 3.5, endSeconds: 5.5 } });
    expect(fake.prompts.at(-1)).toContain('GREEN');
    expect(fake.prompts.at(-1)).not.toContain('person');
  });

  it('tells of several clips one after the other', async () => {
    fake.manifest.media = { most: 3 };
    const chatId = await createChat({ answersFrom: 'timeline' });
    await ask(chatId, 'What?');
    const { videoId } = await client.request(VideoOpenRequest, { path: picture });
    await client.request(ChatAddMediaRequest, { chatId, videoIds: [videoId] });
    fake.script = [' A', ' person.###'];
    const answer = await ask(chatId, 'Both?');
    expect(fake.prompts.at(-1)).toMatch(/Video 1:[^]*GREEN[^]*Video 2:[^]*single picture/);
    expect(answer.plans).toHaveLength(2);
    expect(answer.evidence?.map(({ medium }) => medium)).toEqual([undefined, 1]);
  });

  it('goes on from a saved conversation', async () => {
    const chatId = await createChat({ answersFrom: 'timeline' });
    await ask(chatId, 'One?');
    const history = await client.request(ChatHistoryRequest, { chatId });
    await start();
    const restored = await client.request(ChatRestoreRequest, { history });
    expect(await ask(restored.chatId, 'Two?')).toMatchObject({ from: 'timeline', turn: 1 });
    expect(fake.prompts.at(-1)).toMatch(/One\?[^]*Two\?/);
  });

  it('is cancelled while the clip is looked through, and asked again', async () => {
    const eyes = new ColourEyes();
    await start(eyes);
    eyes.gate.close();
    const chatId = await createChat({ answersFrom: 'timeline' });
    const source = new CancellationTokenSource();
    const onProgress = (value: ChatProgress): void => {
      if (value.kind === 'stage' && value.stage === 'looking') {
        source.cancel();
      }
    };
    const asked = client.request(ChatSendRequest, { chatId, text: 'One?' }, { token: source.token, onProgress });
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    eyes.gate.open();
    expect((await client.request(ChatRegenerateRequest, { chatId })).from).toBe('timeline');
  });
});
