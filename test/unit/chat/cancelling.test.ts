import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatHistoryRequest,
  ChatRegenerateRequest,
  ChatSendRequest,
  ErrorCode,
  ModelStatusRequest,
  ServerStatusRequest,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, said, stages } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ bench, fake, client } = setUp));

const cancelled = expect.objectContaining({ code: ErrorCode.RequestCancelled }) as Error;

describe('cancelling', () => {
  it.each(['load', 'decode', 'encode', 'generate'] as const)('at %s ends the request and keeps the conversation', async (stage) => {
    const chatId = await bench.createChat();
    fake.gates[stage].close();
    const { answer, cancel } = bench.ask(chatId, 'What is it?');
    await fake.gates[stage].reached();
    cancel();
    await expect(answer).rejects.toEqual(cancelled);
    fake.gates[stage].open();

    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns).toEqual([{ question: 'What is it?', answer: '', state: 'interrupted', stopReason: 'cancelled' }]);
    expect(await bench.ask(chatId, 'And now?').answer).toMatchObject({ text: 'A red ball.', turn: 1 });
    expect(fake.prompts.at(-1)).not.toContain('What is it?');
    expect((await client.request(ServerStatusRequest, {})).activeRequests).toBe(0);
  });

  it('in the middle of an answer keeps what was said, until it is made again', async () => {
    const chatId = await bench.createChat();
    fake.gates.generate.close();
    const { answer, cancel, progress } = bench.ask(chatId, 'What is it?');
    for (let word = 0; word < 2; word++) {
      await fake.gates.generate.reached();
      fake.gates.generate.step();
    }
    await fake.gates.generate.reached();
    cancel();
    await expect(answer).rejects.toEqual(cancelled);
    fake.gates.generate.open();
    expect(said(progress)).toBe('A red');
    const interrupted = { question: 'What is it?', answer: 'A red', state: 'interrupted', stopReason: 'cancelled' };
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toEqual([interrupted]);

    expect(await client.request(ChatRegenerateRequest, { chatId })).toMatchObject({ turn: 0, text: 'A red ball.' });
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toEqual([
      { question: 'What is it?', answer: 'A red ball.', state: 'complete', stopReason: 'stop' },
    ]);
  });

  it('while it waits for its turn lets the others go on', async () => {
    const [one, two] = [await bench.createChat(), await bench.createChat()];
    fake.gates.generate.close();
    const running = bench.ask(one, 'First?');
    await fake.gates.generate.reached();
    const waiting = bench.ask(two, 'Second?');
    const behind = bench.ask(one, 'Third?');
    await expect.poll(() => stages(waiting.progress)).toContain('queued');
    await expect.poll(() => stages(behind.progress)).toContain('queued');
    expect((await client.request(ModelStatusRequest, { modelId: 'tiny' })).queued).toBe(1);
    waiting.cancel();
    behind.cancel();
    await expect(waiting.answer).rejects.toEqual(cancelled);
    await expect(behind.answer).rejects.toEqual(cancelled);
    fake.gates.generate.open();
    expect(await running.answer).toMatchObject({ text: 'A red ball.' });
  });

  it('before the request was dispatched is answered as well', async () => {
    const chatId = await bench.createChat();
    const source = new CancellationTokenSource();
    source.cancel();
    await expect(client.request(ChatSendRequest, { chatId, text: 'What?' }, { token: source.token })).rejects.toEqual(cancelled);
    expect(fake.counts.generate).toBe(0);
  });

  it('one of two that share a decode leaves the other alone', async () => {
    const [one, two] = [await bench.createChat(), await bench.createChat()];
    fake.gates.decode.close();
    const first = bench.ask(one, 'First?');
    await fake.gates.decode.reached();
    const second = bench.ask(two, 'Second?');
    await expect.poll(() => second.progress.some((value) => value.kind === 'plan')).toBe(true);
    first.cancel();
    await expect(first.answer).rejects.toEqual(cancelled);
    fake.gates.decode.open();
    expect(await second.answer).toMatchObject({ text: 'A red ball.' });
    expect(fake.counts.decode).toBe(1);
  });

  it('an abort signal does the same as a token', async () => {
    const chatId = await bench.createChat();
    fake.gates.decode.close();
    const controller = new AbortController();
    const answer = client.request(ChatSendRequest, { chatId, text: 'What?' }, { signal: controller.signal });
    await fake.gates.decode.reached();
    controller.abort();
    await expect(answer).rejects.toEqual(cancelled);
  });
});
