import { describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatAddMediaRequest,
  type ChatAnswer,
  ChatCreateRequest,
  ChatHistoryRequest,
  ChatRegenerateRequest,
  ChatRemoveMediumRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  type ChatSendParams,
  ErrorCode,
  ModelListRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench, videoPath } from '../../fakes/chatBench.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;

beforeEachChatBench((setUp) => {
  ({ bench, fake, client } = setUp);
  fake.manifest.media = { most: 3 };
});

const pathOf = (name: string): string => videoPath.replace('clip.mp4', name);
const open = async (name: string, from = client): Promise<string> => (await from.request(VideoOpenRequest, { path: pathOf(name) })).videoId;
const create = async (...names: string[]): Promise<string> => {
  const videoIds = await Promise.all(names.map((name) => open(name)));
  return (await client.request(ChatCreateRequest, { videoIds, modelId: 'tiny' })).chatId;
};
const ask = (chatId: string, text: string, more: Partial<ChatSendParams> = {}): Promise<ChatAnswer> =>
  client.request(ChatSendRequest, { chatId, text, ...more });
const add = async (chatId: string, ...names: string[]): Promise<number> =>
  (await client.request(ChatAddMediaRequest, { chatId, videoIds: await Promise.all(names.map((name) => open(name))) })).media;
const span = { startSeconds: 2, endSeconds: 4 };
const rows = 96;

describe('several clips and pictures', () => {
  it('stand in the prompt in their order, each with its message', async () => {
    const chatId = await create('a.mp4', 'b.png', 'c.mp4');
    const answer = await ask(chatId, 'Which is red?');
    expect(fake.prompts.at(-1)).toMatch(
      /^###Human: <Video>\[video\]<\/Video> The video .*\n###Human: <Image>\[video\]<\/Image>\n###Human: <Video>\[video\]<\/Video> The video .*\n###Human: Which is red\?\n###Assistant:$/,
    );
    expect(answer.plans?.map(({ indices }) => indices.length)).toEqual([8, 1, 8]);
    expect(answer.plan).toEqual(answer.plans?.[0]);
    expect(answer.tokens.prompt).toBeGreaterThan(3 * rows);
    expect(fake.counts).toMatchObject({ decode: 3, encode: 3 });
  });

  it('tell the plan of each before it is decoded', async () => {
    const { answer, progress } = bench.ask(await create('a.mp4', 'b.mp4'), 'What?');
    await answer;
    const plans = progress.flatMap((value) => (value.kind === 'plan' ? [value.medium] : []));
    expect(plans).toEqual([undefined, 1]);
  });

  it('added later stand where they came, and cost their rows only', async () => {
    const chatId = await create('a.mp4');
    const first = await ask(chatId, 'What is it?');
    expect(first.plans).toBeUndefined();
    expect(await add(chatId, 'b.mp4')).toBe(2);
    const second = await ask(chatId, 'And here?');
    expect(fake.prompts.at(-1)).toMatch(/What is it\?\n###Assistant: A red ball\.###Human: <Video>\[video\]<\/Video> The video .*\n###Human: And here\?\n###Assistant:$/);
    expect(second.tokens.reused).toBeGreaterThanOrEqual(first.tokens.prompt);
    expect(second.embeddingsCached).toBe(false);
    const third = await ask(chatId, 'Both?');
    expect(third).toMatchObject({ embeddingsCached: true, timings: { decode: 0, encode: 0 } });
    expect(third.tokens.prefilled).toBeLessThan(rows);
    expect(fake.counts).toMatchObject({ decode: 2, encode: 2, sessions: 1 });
  });

  it('can be taken out: what stood before them is not read again', async () => {
    const chatId = await create('a.mp4', 'b.mp4');
    await ask(chatId, 'What?', { views: [{ medium: 1, span }] });
    expect(await client.request(ChatRemoveMediumRequest, { chatId, medium: 1 })).toEqual({ media: 1 });
    const after = await ask(chatId, 'And now?');
    expect(fake.prompts.at(-1)?.split('[video]')).toHaveLength(2);
    expect(after.tokens.reused).toBeGreaterThan(rows);
    expect(after.tokens.prefilled).toBeLessThan(2 * rows + 100);
    const history = await client.request(ChatHistoryRequest, { chatId });
    expect(history.media).toBeUndefined();
    expect(history.turns[0]?.views).toBeUndefined();
    await expect(client.request(ChatRemoveMediumRequest, { chatId, medium: 0 })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('taken out before another, leave that one its own span', async () => {
    const chatId = await create('a.mp4', 'b.mp4', 'c.png');
    await ask(chatId, 'What?', { span, views: [{ medium: 1, span: { startSeconds: 6, endSeconds: 8 } }] });
    await client.request(ChatRemoveMediumRequest, { chatId, medium: 0 });
    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns[0]).toMatchObject({ views: [{ medium: 0, span: { startSeconds: 6, endSeconds: 8 } }] });
    expect(turns[0]?.span).toBeUndefined();
    const { plans } = await client.request(ChatRegenerateRequest, { chatId });
    expect(plans?.[0]?.span).toEqual({ startSeconds: 6, endSeconds: 8 });
  });

  it('are looked at as each question says', async () => {
    const chatId = await create('a.png', 'b.mp4', 'c.mp4');
    const one = await ask(chatId, 'Here?', { span, plan: 'videochat:4', views: [{ medium: 2, plan: 'middle:2' }] });
    expect(one.plans?.map(({ indices }) => indices.length)).toEqual([1, 4, 2]);
    // A span that names no medium is of the first video.
    expect(one.plans?.map((plan) => plan.span.startSeconds)).toEqual([0, 2, 0]);
    const usual = await ask(chatId, 'Overall?');
    expect(usual.plans?.map(({ indices }) => indices.length)).toEqual([1, 8, 8]);
  });

  it('shown before a question that is asked in other words, are shown before the new one', async () => {
    const chatId = await create('a.mp4');
    await ask(chatId, 'One?');
    await ask(chatId, 'Two?');
    await add(chatId, 'b.mp4');
    await ask(chatId, 'Other words?', { keepTurns: 1 });
    const { media, turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns).toHaveLength(2);
    expect(media?.[1]).toEqual({ path: pathOf('b.mp4'), fromTurn: 1 });
  });

  it('are remembered with the turn they came at, in another server too', async () => {
    const chatId = await create('a.mp4');
    await ask(chatId, 'What is it?');
    await add(chatId, 'b.png');
    await ask(chatId, 'And here?');
    const history = await client.request(ChatHistoryRequest, { chatId });
    expect(history).toMatchObject({ videoPath: pathOf('a.mp4'), media: [{ path: pathOf('a.mp4') }, { path: pathOf('b.png'), fromTurn: 1 }] });

    const parts = new GatedParts();
    parts.manifest.media = { most: 3 };
    const restarted = new ServerInProcess(parts.parts);
    try {
      const later = await restarted.connect();
      const restored = await later.request(ChatRestoreRequest, { history: JSON.parse(JSON.stringify(history)) as typeof history });
      expect(restored.videoIds).toHaveLength(2);
      await later.request(ChatSendRequest, { chatId: restored.chatId, text: 'Both?' });
      await ask(chatId, 'Both?');
      expect(parts.prompts.at(-1)).toBe(fake.prompts.at(-1));
      // A server that knows one medium only still reads the first.
      const { media: _, ...old } = history;
      expect((await later.request(ChatRestoreRequest, { history: old })).videoIds).toHaveLength(1);
    } finally {
      await restarted.dispose();
    }
  });

  it('wait for the answer that is being made', async () => {
    const chatId = await create('a.mp4');
    fake.gates.generate.close();
    const { answer } = bench.ask(chatId, 'What?');
    await fake.gates.generate.reached();
    const adding = add(chatId, 'b.mp4');
    fake.gates.generate.open();
    expect((await answer).plans).toBeUndefined();
    expect(await adding).toBe(2);
    expect((await client.request(ChatHistoryRequest, { chatId })).media?.[1]?.fromTurn).toBe(1);
  });

  it('move to the beginning when their turns no longer fit, and are never left out', async () => {
    fake.contextLength = 900;
    const chatId = await create('a.mp4');
    await ask(chatId, 'x'.repeat(200));
    await add(chatId, 'b.mp4');
    const second = await ask(chatId, 'y'.repeat(200));
    expect(second.droppedTurns).toBe(1);
    expect(fake.prompts.at(-1)).toMatch(/^###Human: <Video>\[video\]<\/Video> The video [^#]*###Human: <Video>\[video\]<\/Video> The video [^#]*###Human: y+\n###Assistant:$/);
  });

  it('that do not fit the context together are refused with what they take', async () => {
    fake.contextLength = 700;
    const chatId = await create('a.mp4', 'b.mp4', 'c.mp4');
    await expect(ask(chatId, 'z'.repeat(300))).rejects.toMatchObject({
      code: ErrorCode.ContextOverflow,
      message: expect.stringMatching(/^3 clips or pictures and the question take \d+ of the model's 700 tokens/) as string,
    });
  });
});

describe('a model that takes fewer', () => {
  const tooMany = (message: RegExp) => ({ code: ErrorCode.TooManyMedia, message: expect.stringMatching(message) as string });

  it('says so at the beginning, when one is added, and when a conversation is taken up', async () => {
    await expect(create('a.mp4', 'b.mp4', 'c.mp4', 'd.mp4')).rejects.toMatchObject(tooMany(/looks at 3 clips and pictures .* not at 4\.$/));
    const chatId = await create('a.mp4', 'b.mp4', 'c.mp4');
    await expect(add(chatId, 'd.mp4')).rejects.toMatchObject(tooMany(/3 clips/));
    expect(await ask(chatId, 'Still there?')).toMatchObject({ text: 'A red ball.' });
    const history = await client.request(ChatHistoryRequest, { chatId });
    delete fake.manifest.media;
    await expect(client.request(ChatRestoreRequest, { history })).rejects.toMatchObject(tooMany(/looks at one clip or picture/));
  });

  it('of one kind says of which', async () => {
    fake.manifest.media = { most: 3, videos: 1, images: 2 };
    await expect(create('a.mp4', 'b.mp4')).rejects.toMatchObject(tooMany(/one video .* not at 2\.$/));
    await expect(create('a.png', 'b.png', 'c.png')).rejects.toMatchObject(tooMany(/2 pictures .* not at 3\.$/));
    await expect(create('a.png', 'b.mp4', 'c.png')).resolves.toBeTruthy();
  });

  it('is known before anything is tried', async () => {
    const { models } = await client.request(ModelListRequest, {});
    expect(models.find(({ id }) => id === 'tiny')?.media).toEqual({ most: 3, videos: 3, images: 3 });
    expect(models.find(({ id }) => id === 'broken')?.media).toBeUndefined();
  });

  it.each([
    ['no clip', {}],
    ['both forms', { videoId: 'v', videoIds: ['v'] }],
    ['an empty list', { videoIds: [] }],
    ['too many for any model', { videoIds: Array.from({ length: 17 }, () => 'v') }],
    ['two views of one medium', { videoId: 'v', options: { views: [{ medium: 0 }, { medium: 0 }] } }],
  ])('refuses %s', async (_, params) => {
    await expect(client.request(ChatCreateRequest, { modelId: 'tiny', ...params })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('refuses a view of a medium that is not there', async () => {
    const chatId = await create('a.mp4', 'b.mp4');
    await expect(ask(chatId, 'What?', { views: [{ medium: 2, span }] })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });
});
