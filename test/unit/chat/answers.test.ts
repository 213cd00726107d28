import { describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatHistoryRequest,
  ChatRegenerateRequest,
  ChatSendRequest,
  ErrorCode,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, said, stages, videoPath } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => void ({ bench, fake, client } = setUp));

const cancelled = expect.objectContaining({ code: ErrorCode.RequestCancelled }) as Error;

describe('an answer', () => {
  it('comes with its stages, its plan, its deltas and its costs', async () => {
    const { answer, progress } = bench.ask(await bench.createChat(), 'What is it?');
    const { text, plan, tokens, timings, model, ...rest } = await answer;
    expect(text).toBe('A red ball.');
    expect(said(progress)).toBe(text);
    expect(stages(progress)).toEqual(['loading', 'decoding', 'encoding', 'prefill', 'generating']);
    expect(progress.filter((value) => value.kind === 'plan')).toEqual([{ kind: 'plan', plan }]);
    expect(plan.indices).toHaveLength(8);
    expect(rest).toMatchObject({ turn: 0, stopReason: 'stop', embeddingsCached: false, droppedTurns: 0 });
    expect(tokens).toMatchObject({ reused: 0, generated: 4 });
    expect(tokens.prefilled).toBe(tokens.prompt);
    expect(timings.total).toBeGreaterThanOrEqual(timings.firstToken);
    expect(model).toEqual({ id: 'tiny', demonstration: true, vision: 'cpu fp32', language: 'cpu f16' });
    expect(fake.prompts[0]).toMatch(
      /^###Human: <Video>\[video\]<\/Video> The video contains 8 frames sampled at .* seconds\.\n###Human: What is it\?\n###Assistant:$/,
    );
  });

  it('to a follow-up reads only what is new and decodes nothing', async () => {
    const chatId = await bench.createChat();
    const first = await bench.ask(chatId, 'What is it?').answer;
    const { answer, progress } = bench.ask(chatId, 'Why?');
    const second = await answer;
    expect(second).toMatchObject({ turn: 1, embeddingsCached: true });
    expect(stages(progress)).toEqual(['prefill', 'generating']);
    expect(second.tokens.reused).toBe(first.tokens.prompt + ' A red ball.###'.length);
    expect(second.tokens.prefilled).toBeLessThan(60);
    expect(fake.counts).toMatchObject({ decode: 1, encode: 1, load: 1, sessions: 1 });
  });

  it('to another conversation about the same clip decodes nothing either', async () => {
    await bench.ask(await bench.createChat(), 'What is it?').answer;
    expect(await bench.ask(await bench.createChat(), 'Where?').answer).toMatchObject({ embeddingsCached: true });
    expect(fake.counts).toMatchObject({ decode: 1, encode: 1 });
  });

  it('rests on the plan and the span that were asked for', async () => {
    const chatId = await bench.createChat({ plan: 'middle:4', span: { startSeconds: 2, endSeconds: 4 } });
    const { plan } = await bench.ask(chatId, 'What is it?').answer;
    expect(plan.indices).toHaveLength(4);
    expect(Math.min(...plan.seconds)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...plan.seconds)).toBeLessThan(4);
  });

  it('about a picture looks at one frame and says no times', async () => {
    const path = videoPath.replace('.mp4', '.png');
    const { plan } = await bench.ask(await bench.createChat(undefined, client, path), 'What is it?').answer;
    expect(plan.indices).toEqual([0]);
    expect(fake.prompts[0]).toBe('###Human: <Image>[video]</Image>\n###Human: What is it?\n###Assistant:');
  });

  it('takes sampling from the question before the conversation before the manifest', async () => {
    const chatId = await bench.createChat({ sampling: { maxTokens: 3 } });
    expect((await bench.ask(chatId, 'What?').answer).tokens.generated).toBe(3);
    const answer = await client.request(ChatSendRequest, { chatId, text: 'What?', sampling: { maxTokens: 1 } });
    expect(answer.tokens.generated).toBe(1);
  });

  it('leaves out the oldest turns when the context is full', async () => {
    fake.contextLength = 420;
    const chatId = await bench.createChat({ sampling: { maxTokens: 10 } });
    const dropped: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      dropped.push((await bench.ask(chatId, `Question number ${turn}?`).answer).droppedTurns);
    }
    expect(dropped[0]).toBe(0);
    expect(dropped.at(-1)).toBeGreaterThan(0);
    expect(dropped).toEqual([...dropped].sort((a, b) => a - b));
    expect(fake.prompts.at(-1)).toContain('[video]');
    expect(fake.prompts.at(-1)).toContain('Question number 11?');
    expect(fake.prompts.at(-1)).not.toContain('Question number 0?');
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toHaveLength(12);
    await expect(bench.ask(chatId, 'x'.repeat(1000)).answer).rejects.toMatchObject({ code: ErrorCode.ContextOverflow });
    expect(await bench.ask(chatId, 'Short?').answer).toMatchObject({ turn: 12 });
  });
});

describe('regenerate', () => {
  it('answers the last question again and rolls the cache back to it', async () => {
    const chatId = await bench.createChat();
    await bench.ask(chatId, 'What is it?').answer;
    await bench.ask(chatId, 'Why?').answer;
    fake.script = [' Because', '.###'];
    const again = await client.request(ChatRegenerateRequest, { chatId });
    expect(again).toMatchObject({ turn: 1, text: 'Because.' });
    expect(again.tokens.prefilled).toBe(1);
    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns.map(({ answer }) => answer)).toEqual(['A red ball.', 'Because.']);
  });

  it('keeps the old answer when it is cancelled before it said anything', async () => {
    const chatId = await bench.createChat();
    await bench.ask(chatId, 'What is it?').answer;
    fake.gates.generate.close();
    const source = new CancellationTokenSource();
    const again = client.request(ChatRegenerateRequest, { chatId }, { token: source.token });
    await fake.gates.generate.reached();
    source.cancel();
    await expect(again).rejects.toEqual(cancelled);
    expect((await client.request(ChatHistoryRequest, { chatId })).turns).toMatchObject([{ answer: 'A red ball.', state: 'complete' }]);
  });

  it('needs a question', async () => {
    const chatId = await bench.createChat();
    await expect(client.request(ChatRegenerateRequest, { chatId })).rejects.toMatchObject({ code: ErrorCode.NothingToRegenerate });
  });
});
