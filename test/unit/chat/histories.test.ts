import { describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatCloseRequest,
  ChatCreateRequest,
  ChatHistoryRequest,
  ChatRestoreRequest,
  ErrorCode,
  VideoCloseRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, videoPath } from '../../fakes/chatBench.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ bench, fake, client } = setUp));

const cancelled = expect.objectContaining({ code: ErrorCode.RequestCancelled }) as Error;

describe('ids and histories', () => {
  it('of another client are unknown', async () => {
    const chatId = await bench.createChat();
    const other = await bench.host.connect();
    await expect(other.request(ChatHistoryRequest, { chatId })).rejects.toMatchObject({ code: ErrorCode.ChatUnknown });
  });

  it('end when they are closed; a conversation outlives its video', async () => {
    const { videoId } = await client.request(VideoOpenRequest, { path: videoPath });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: 'tiny' });
    await client.request(VideoCloseRequest, { videoId });
    await expect(client.request(VideoCloseRequest, { videoId })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
    expect(await bench.ask(chatId, 'What?').answer).toMatchObject({ text: 'A red ball.' });
    await client.request(ChatCloseRequest, { chatId });
    await expect(bench.ask(chatId, 'What?').answer).rejects.toMatchObject({ code: ErrorCode.ChatUnknown });
    expect(fake.counts.disposed).toBe(1);
  });

  it('of a clip that was opened twice end when it is closed twice', async () => {
    const open = (): Promise<{ videoId: string }> => client.request(VideoOpenRequest, { path: videoPath });
    const [{ videoId }, again] = await Promise.all([open(), open()]);
    expect(again.videoId).toBe(videoId);
    await client.request(VideoCloseRequest, { videoId });
    await client.request(ChatCreateRequest, { videoId, modelId: 'tiny' });
    await client.request(VideoCloseRequest, { videoId });
    await expect(client.request(ChatCreateRequest, { videoId, modelId: 'tiny' })).rejects.toMatchObject({ code: ErrorCode.VideoUnknown });
  });

  it('closing a conversation stops its answer', async () => {
    const chatId = await bench.createChat();
    fake.gates.generate.close();
    const { answer } = bench.ask(chatId, 'What?');
    await fake.gates.generate.reached();
    await client.request(ChatCloseRequest, { chatId });
    await expect(answer).rejects.toEqual(cancelled);
  });

  it('can be taken up again, in another server too', async () => {
    const chatId = await bench.createChat({ plan: 'videochat:4' });
    await bench.ask(chatId, 'What is it?').answer;
    const history = await client.request(ChatHistoryRequest, { chatId });

    const restarted = new ServerInProcess(new GatedParts().parts);
    try {
      const later = await restarted.connect();
      const restored = await later.request(ChatRestoreRequest, { history: JSON.parse(JSON.stringify(history)) as typeof history });
      expect(restored.chatId).toBe(chatId);
      const answer = await bench.ask(restored.chatId, 'And now?', later).answer;
      expect(answer).toMatchObject({ turn: 1 });
      expect(answer.plan.indices).toHaveLength(4);
      expect(await later.request(ChatHistoryRequest, { chatId })).toMatchObject({ turns: [{ question: 'What is it?' }, { question: 'And now?' }] });
    } finally {
      await restarted.dispose();
    }
    const twice = await client.request(ChatRestoreRequest, { history });
    expect(twice.chatId).not.toBe(chatId);
  });

  it.each([
    ['no turns', (history: Record<string, unknown>) => ({ ...history, turns: undefined })],
    ['a turn of the wrong shape', (history: Record<string, unknown>) => ({ ...history, turns: [{ question: 1 }] })],
    ['a relative path', (history: Record<string, unknown>) => ({ ...history, videoPath: 'clip.mp4' })],
    ['nothing at all', () => ({})],
    ['a list', () => []],
  ])('that are damaged (%s) are refused', async (_, damage) => {
    const chatId = await bench.createChat();
    const history = await client.request(ChatHistoryRequest, { chatId });
    const params = { history: damage({ ...history }) as unknown as typeof history };
    await expect(client.request(ChatRestoreRequest, params)).rejects.toMatchObject({ code: ErrorCode.ConversationCorrupt });
  });
});
