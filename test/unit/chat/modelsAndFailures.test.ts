import { describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatCreateRequest,
  ChatHistoryRequest,
  ErrorCode,
  ModelListRequest,
  ModelLoadRequest,
  ModelStatusRequest,
  ModelUnloadRequest,
  ServerStatusRequest,
  VideoChatError,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, videoPath } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ bench, fake, client } = setUp));

const cancelled = expect.objectContaining({ code: ErrorCode.RequestCancelled }) as Error;

describe('models', () => {
  it('are listed with what is wrong with them', async () => {
    const { models } = await client.request(ModelListRequest, {});
    expect(models).toMatchObject([
      { id: 'tiny', demonstration: true, state: 'unloaded', plan: 'videochat:8' },
      { id: 'broken', problem: 'The manifest is not JSON.' },
    ]);
    const { videoId } = await client.request(VideoOpenRequest, { path: videoPath });
    await expect(client.request(ChatCreateRequest, { videoId, modelId: 'none' })).rejects.toMatchObject({ code: ErrorCode.ModelUnknown });
    await expect(client.request(ModelLoadRequest, { modelId: 'broken' })).rejects.toMatchObject({ code: ErrorCode.ManifestInvalid });
  });

  it('load once for all who ask, and stream how far it is', async () => {
    const progress: unknown[] = [];
    const loads = [1, 2, 3].map(() =>
      client.request(ModelLoadRequest, { modelId: 'tiny' }, { onProgress: (value) => void progress.push(value) }),
    );
    expect(await Promise.all(loads)).toMatchObject([{ state: 'ready' }, { state: 'ready' }, { state: 'ready' }]);
    expect(fake.counts.load).toBe(1);
    expect(progress).toContainEqual({ stage: 'language', fraction: 1 });
  });

  it('remember why a load failed, and try again when asked', async () => {
    fake.failures.load = new VideoChatError(ErrorCode.ModelCorrupt, 'The file is damaged.');
    const chatId = await bench.createChat();
    await expect(bench.ask(chatId, 'What?').answer).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt, message: 'The file is damaged.' });
    expect(await client.request(ModelStatusRequest, { modelId: 'tiny' })).toMatchObject({ state: 'failed', problem: 'The file is damaged.' });
    expect(fake.counts.disposed).toBe(1);
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toEqual([]);
    delete fake.failures.load;
    expect(await bench.ask(chatId, 'What?').answer).toMatchObject({ turn: 0 });
  });

  it('unload when what they are doing has ended, and come back when needed', async () => {
    const chatId = await bench.createChat();
    fake.gates.generate.close();
    const { answer } = bench.ask(chatId, 'What?');
    await fake.gates.generate.reached();
    let unloaded = false;
    const unload = client.request(ModelUnloadRequest, { modelId: 'tiny' }).then(() => (unloaded = true));
    await client.request(ServerStatusRequest, {});
    expect(unloaded).toBe(false);
    fake.gates.generate.open();
    await answer;
    await unload;
    expect(await client.request(ModelStatusRequest, { modelId: 'tiny' })).toMatchObject({ state: 'unloaded' });
    expect(fake.counts.disposed).toBe(3);
    expect(await bench.ask(chatId, 'And now?').answer).toMatchObject({ turn: 1, embeddingsCached: true });
    expect(fake.counts).toMatchObject({ load: 2, sessions: 2 });
  });

  it('stay loaded when the load ends after the question was cancelled', async () => {
    const chatId = await bench.createChat();
    fake.gates.load.close();
    const { answer, cancel } = bench.ask(chatId, 'What?');
    await fake.gates.load.reached();
    cancel();
    await expect(answer).rejects.toEqual(cancelled);
    fake.gates.load.open();
    await expect.poll(async () => (await client.request(ModelStatusRequest, { modelId: 'tiny' })).state).toBe('ready');
  });
});

describe('a failure', () => {
  it.each(['decode', 'encode', 'generate'] as const)('of %s is answered and leaves the conversation usable', async (stage) => {
    const chatId = await bench.createChat();
    fake.failures[stage] = new Error('native trouble');
    await expect(bench.ask(chatId, 'What?').answer).rejects.toMatchObject({ code: ErrorCode.InternalError, message: 'native trouble' });
    delete fake.failures[stage];
    expect(await bench.ask(chatId, 'What?').answer).toMatchObject({ turn: 0, text: 'A red ball.' });
  });

  it('in the middle of an answer keeps what was said and starts a new cache', async () => {
    const chatId = await bench.createChat();
    fake.gates.generate.close();
    const { answer } = bench.ask(chatId, 'What?');
    await fake.gates.generate.reached();
    fake.gates.generate.step();
    await fake.gates.generate.reached();
    fake.failures.generate = new Error('device lost');
    fake.gates.generate.open();
    await expect(answer).rejects.toMatchObject({ message: 'device lost' });
    delete fake.failures.generate;
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toEqual([{ question: 'What?', answer: 'A', state: 'interrupted' }]);
    const next = await bench.ask(chatId, 'Again?').answer;
    expect(next.tokens.reused).toBe(0);
    expect(fake.counts.sessions).toBe(2);
  });
});
