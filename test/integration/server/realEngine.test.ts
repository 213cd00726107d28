import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  type ChatAnswer,
  ChatCreateRequest,
  ChatHistoryRequest,
  type ChatOptions,
  type ChatProgress,
  ChatRegenerateRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  type ChatStage,
  ErrorCode,
  ModelListRequest,
  ModelLoadRequest,
  ModelUnloadRequest,
  ServerStatusRequest,
  VideoFramesRequest,
  VideoOpenRequest,
  VideoPlanRequest,
} from '../../../server/protocol/index.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { copyClip, makeClip } from '../../media/makeClip.js';
import { buildServer, serverPath } from './serverProcess.js';
import { tinyModelFolder } from './tinyModelFolder.js';

let clip: string;
let models: string;
const clients: VideoChatClient[] = [];

beforeAll(async () => {
  await buildServer();
  clip = await makeClip({ name: 'plain' });
  models = await tinyModelFolder();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
});
afterAll(removeTemporaryFolders);

async function start(cacheFolder: string, modelFolder = models): Promise<VideoChatClient> {
  const client = await VideoChatClient.spawn({
    serverPath,
    graceMs: 30_000,
    initialize: {
      settings: { cacheFolder, modelFolders: [modelFolder], executionProvider: 'cpu', languageDevice: 'cpu', threads: 1 },
    },
  });
  clients.push(client);
  return client;
}

async function createChat(client: VideoChatClient, options?: ChatOptions, path = clip): Promise<string> {
  const { videoId } = await client.request(VideoOpenRequest, { path });
  return (await client.request(ChatCreateRequest, { videoId, modelId: 'tiny', options })).chatId;
}

const ask = (client: VideoChatClient, chatId: string, text: string): Promise<ChatAnswer> =>
  client.request(ChatSendRequest, { chatId, text });

describe('a conversation', () => {
  it('streams an answer, reuses what it knows, and goes on after a restart', async () => {
    const cache = await temporaryFolder();
    const client = await start(cache);
    const chatId = await createChat(client);
    const stages: string[] = [];
    let streamed = '';
    const first = await client.request(
      ChatSendRequest,
      { chatId, text: 'What is it?' },
      {
        onProgress: (value: ChatProgress) => {
          if (value.kind === 'stage' && stages.at(-1) !== value.stage) stages.push(value.stage);
          if (value.kind === 'delta') streamed += value.text;
        },
      },
    );
    expect(stages).toEqual(['loading', 'decoding', 'encoding', 'prefill', 'generating']);
    expect(streamed).toBe(first.text);
    expect(first).toMatchObject({ turn: 0, embeddingsCached: false, model: { id: 'tiny', vision: 'cpu fp32', language: 'cpu f16' } });
    expect(first.tokens.prompt).toBeGreaterThan(96);
    expect(first.tokens).toMatchObject({ reused: 0, prefilled: first.tokens.prompt });

    const second = await ask(client, chatId, 'Why?');
    expect(second).toMatchObject({ turn: 1, embeddingsCached: true, timings: { load: expect.any(Number) as number, decode: 0, encode: 0 } });
    expect(second.tokens.reused).toBeGreaterThanOrEqual(first.tokens.prompt);
    expect(second.tokens.prefilled).toBeLessThan(first.tokens.prompt / 2);

    const again = await client.request(ChatRegenerateRequest, { chatId });
    expect(again).toMatchObject({ turn: 1, text: second.text });
    expect(again.tokens.prefilled).toBe(1);

    const history = await client.request(ChatHistoryRequest, { chatId });
    expect(history.turns.map(({ answer }) => answer)).toEqual([first.text, second.text]);
    expect((await client.request(ServerStatusRequest, {})).cache.bytes).toBeGreaterThan(96 * 32 * 4);
    await client.dispose();
    expect(await client.exited).toEqual({ code: 0, signal: null });

    const later = await start(cache);
    const restored = await later.request(ChatRestoreRequest, { history });
    const third = await ask(later, restored.chatId, 'Where?');
    expect(third).toMatchObject({ turn: 2, embeddingsCached: true });
    const fresh = await ask(later, await createChat(later), 'What is it?');
    expect(fresh.text).toBe(first.text);
  });

  it.each<ChatStage>(['loading', 'decoding', 'encoding', 'prefill', 'generating'])(
    'survives a cancellation while %s',
    async (stage) => {
      const client = await start(await temporaryFolder());
      const chatId = await createChat(client, { sampling: { maxTokens: 400 } });
      const source = new CancellationTokenSource();
      const answer = client.request(
        ChatSendRequest,
        { chatId, text: 'What is it?' },
        { token: source.token, onProgress: (value) => value.kind === 'stage' && value.stage === stage && source.cancel() },
      );
      await expect(answer).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
      expect((await client.request(ChatHistoryRequest, { chatId })).turns).toMatchObject([{ state: 'interrupted' }]);
      const sampling = { maxTokens: 3 };
      expect(await client.request(ChatRegenerateRequest, { chatId, sampling })).toMatchObject({ turn: 0 });
      expect(await client.request(ServerStatusRequest, {})).toMatchObject({ activeRequests: 0 });
    },
  );

  it('keeps conversations apart that run at once', async () => {
    const client = await start(await temporaryFolder());
    const plans = ['videochat:4', 'videochat:8', 'middle:4'];
    const chats = await Promise.all(plans.map((plan) => createChat(client, { plan })));
    const together = await Promise.all(chats.map((chatId) => ask(client, chatId, 'What is it?')));
    expect(together.map(({ plan }) => plan.spec)).toEqual(plans);
    for (const [i, plan] of plans.entries()) {
      const alone = await ask(client, await createChat(client, { plan }), 'What is it?');
      expect(alone.text).toBe(together[i]?.text);
    }
  });

  it('drops old turns when the context is full', async () => {
    const client = await start(await temporaryFolder(), await tinyModelFolder((manifest) => (manifest.language.contextLength = 512)));
    const chatId = await createChat(client);
    let answer = await ask(client, chatId, 'What is it?');
    for (let turn = 1; turn < 30 && answer.droppedTurns === 0; turn++) {
      answer = await ask(client, chatId, `Is the ball number ${turn} red or is it blue?`);
    }
    expect(answer.droppedTurns).toBeGreaterThan(0);
    expect(answer.tokens.prompt).toBeLessThanOrEqual(512);
    await expect(ask(client, chatId, 'why '.repeat(2000))).rejects.toMatchObject({ code: ErrorCode.ContextOverflow });
    expect((await ask(client, chatId, 'And now?')).droppedTurns).toBeGreaterThan(0);
  });

  it('stops and ends when the server is shut down in the middle of an answer', async () => {
    const client = await start(await temporaryFolder());
    const chatId = await createChat(client, { sampling: { maxTokens: 1500 } });
    let begun: () => void = () => undefined;
    const generating = new Promise<void>((resolve) => (begun = resolve));
    const answer = client.request(
      ChatSendRequest,
      { chatId, text: 'What is it?' },
      { onProgress: (value) => value.kind === 'stage' && value.stage === 'generating' && begun() },
    );
    const failed = expect(answer).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    await generating;
    await client.dispose();
    await failed;
    expect(await client.exited).toEqual({ code: 0, signal: null });
  });
});

describe('models', () => {
  it('load, unload and load again', async () => {
    const client = await start(await temporaryFolder());
    const loads = await Promise.all([1, 2].map(() => client.request(ModelLoadRequest, { modelId: 'tiny' })));
    expect(loads[0]).toMatchObject({
      state: 'ready',
      vision: { executionProvider: 'cpu', variant: 'fp32' },
      language: { device: 'cpu', gpuLayers: 0, contextLength: 2048, variant: 'f16' },
    });
    const chatId = await createChat(client);
    const before = await ask(client, chatId, 'What is it?');
    await client.request(ModelUnloadRequest, { modelId: 'tiny' });
    const after = await client.request(ChatRegenerateRequest, { chatId });
    expect(after).toMatchObject({ text: before.text, embeddingsCached: true, tokens: { reused: 0 } });
  });

  it.each([
    ['a file that is missing', ErrorCode.ModelFileMissing, (folder: string) => rm(join(folder, 'language.gguf'))],
    ['a file that was changed', ErrorCode.ModelHashMismatch, (folder: string) => appendFile(join(folder, 'vision.onnx'), 'x')],
    ['a manifest that is not JSON', ErrorCode.ManifestInvalid, (folder: string) => writeFile(join(folder, 'manifest.json'), '{')],
    ['a GGUF that is none', ErrorCode.ModelCorrupt, (folder: string) => replaceFile(folder, 'language-f16', Buffer.alloc(4096, 'GGUF'))],
    ['an ONNX that is none', ErrorCode.ModelCorrupt, (folder: string) => replaceFile(folder, 'vision-fp32', Buffer.alloc(4096, 7))],
  ])('with %s are refused, and the server lives', async (_, code, damage) => {
    const folder = await tinyModelFolder();
    await damage(join(folder, 'tiny'));
    const client = await start(await temporaryFolder(), folder);
    const { models: listed } = await client.request(ModelListRequest, {});
    const modelId = listed.find(({ id }) => id.startsWith('tiny'))?.id ?? 'tiny';
    await expect(client.request(ModelLoadRequest, { modelId })).rejects.toMatchObject({ code, data: { hint: expect.any(String) as string } });
    expect((await client.request(ServerStatusRequest, {})).models).toContainEqual(
      expect.objectContaining({ modelId, problem: expect.any(String) as string }),
    );
  });
});

/** Puts other bytes in the place of a file, with a manifest that agrees. */
async function replaceFile(folder: string, key: string, content: Buffer): Promise<void> {
  const { createHash } = await import('node:crypto');
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf-8')) as { files: Record<string, { path: string; bytes: number; sha256: string }> };
  const file = manifest.files[key];
  if (!file) throw new Error(`no ${key}`);
  file.bytes = content.length;
  file.sha256 = createHash('sha256').update(content).digest('hex');
  await writeFile(join(folder, file.path), content);
  await writeFile(path, JSON.stringify(manifest));
}

describe('videos', () => {
  it('are probed, planned and written as pictures', async () => {
    const client = await start(await temporaryFolder());
    const { videoId, facts } = await client.request(VideoOpenRequest, { path: clip });
    expect(facts).toMatchObject({ frameCount: 100, width: 160, height: 120, fps: 25 });
    expect((await client.request(VideoOpenRequest, { path: clip })).videoId).toBe(videoId);
    const plan = await client.request(VideoPlanRequest, { videoId, plan: 'videochat:4' });
    expect(plan.indices).toEqual([12, 37, 62, 86]);
    const { paths } = await client.request(VideoFramesRequest, { videoId, plan: 'videochat:4' });
    expect(paths).toEqual([...paths].sort());
    for (const path of paths) {
      expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG');
    }
    await client.dispose();
    await expect(stat(paths[0] ?? '')).rejects.toThrow('ENOENT');
  });

  it('that cannot be read give typed errors with a hint', async () => {
    const client = await start(await temporaryFolder());
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.mp4'), 'This is not a video.');
    await expect(client.request(VideoOpenRequest, { path: join(folder, 'none.mp4') })).rejects.toMatchObject({ code: ErrorCode.VideoNotFound });
    await expect(client.request(VideoOpenRequest, { path: folder })).rejects.toMatchObject({ code: ErrorCode.VideoNotFound });
    await expect(client.request(VideoOpenRequest, { path: join(folder, 'text.mp4') })).rejects.toMatchObject({
      code: ErrorCode.VideoUnreadable,
      data: { hint: expect.any(String) as string },
    });
    await expect(createChat(client, { plan: 'nonsense:1' }).then((chatId) => ask(client, chatId, 'What?'))).rejects.toMatchObject({
      code: ErrorCode.FramePlanInvalid,
    });
  });

  it('that changed since they were opened are not mistaken for what they were', async () => {
    const client = await start(await temporaryFolder());
    const path = await copyClip('plain', join(await temporaryFolder(), 'changing.mp4'));
    const chatId = await createChat(client, undefined, path);
    await copyClip('mkv', path);
    await expect(ask(client, chatId, 'What is it?')).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
    const { facts } = await client.request(VideoOpenRequest, { path });
    expect(facts.width).toBe(96);
  });
});
