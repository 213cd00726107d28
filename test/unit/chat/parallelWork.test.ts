import { describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatHistoryRequest,
  ModelStatusRequest,
  ServerStatusRequest,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, stages, videoPath } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ bench, fake, client } = setUp));

describe('many at once', () => {
  it('one answer is generated at a time, and each stays in its conversation', async () => {
    const chats = await Promise.all(Array.from({ length: 8 }, () => bench.createChat()));
    const answers = await Promise.all(chats.map((chatId, i) => bench.ask(chatId, `Question ${i}?`).answer));
    expect(answers.map(({ text }) => text)).toEqual(chats.map(() => 'A red ball.'));
    expect(fake.mostAtOnce).toBe(1);
    expect(fake.counts).toMatchObject({ load: 1, decode: 1, encode: 1, probe: 1 + 0 * chats.length });
    for (const [i, chatId] of chats.entries()) {
      expect((await client.request(ChatHistoryRequest, { chatId })).turns).toMatchObject([{ question: `Question ${i}?` }]);
    }
  });

  it('questions of one conversation are answered in their order', async () => {
    const chatId = await bench.createChat();
    const answers = await Promise.all([1, 2, 3, 4].map((n) => bench.ask(chatId, `Question ${n}?`).answer));
    expect(answers.map(({ turn }) => turn)).toEqual([0, 1, 2, 3]);
    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns.map(({ question }) => question)).toEqual([1, 2, 3, 4].map((n) => `Question ${n}?`));
  });

  it('a batch of another client does not starve a chat', async () => {
    const batch = await bench.host.connect();
    const chats = await Promise.all(Array.from({ length: 10 }, () => bench.createChat(undefined, batch)));
    const mine = await bench.createChat();
    await bench.ask(mine, 'Warm up?').answer;
    fake.gates.generate.close();
    fake.prompts.length = 0;
    const batched = chats.map((chatId, i) => bench.ask(chatId, `Batch ${i}?`, batch).answer);
    await fake.gates.generate.reached();
    await expect.poll(async () => (await client.request(ModelStatusRequest, { modelId: 'tiny' })).queued).toBe(9);
    const chat = bench.ask(mine, 'Chat?').answer;
    await expect.poll(async () => (await client.request(ModelStatusRequest, { modelId: 'tiny' })).queued).toBe(10);
    fake.gates.generate.open();
    await Promise.all([...batched, chat]);
    expect(fake.prompts.findIndex((prompt) => prompt.includes('Chat?'))).toBe(1);
  });

  it('a clip is encoded while another answer is generated', async () => {
    const first = await bench.createChat();
    await bench.ask(first, 'Warm up?').answer;
    const second = await bench.createChat(undefined, client, videoPath.replace('clip', 'other'));
    fake.gates.generate.close();
    const running = bench.ask(first, 'First?');
    await fake.gates.generate.reached();
    const { answer, progress } = bench.ask(second, 'Second?');
    await expect.poll(() => stages(progress)).toEqual(['decoding', 'encoding', 'queued']);
    expect(fake.counts.encode).toBe(2);
    fake.gates.generate.open();
    await Promise.all([running.answer, answer]);
  });

  it('status and cancellation are answered while everything is busy', async () => {
    const chatId = await bench.createChat();
    fake.gates.encode.close();
    const { answer } = bench.ask(chatId, 'What?');
    await fake.gates.encode.reached();
    const status = await client.request(ServerStatusRequest, {});
    expect(status).toMatchObject({ activeRequests: 1, openChats: 1, openVideos: 1 });
    expect(status.models).toContainEqual(expect.objectContaining({ modelId: 'tiny', state: 'ready' }));
    fake.gates.encode.open();
    await answer;
  });
});
