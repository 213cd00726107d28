import { describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatHistoryRequest,
  ChatRegenerateRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  type ChatSendParams,
  ErrorCode,
} from '../../../server/protocol/index.js';
import { beforeEachChatBench, type ChatBench } from '../../fakes/chatBench.js';
import type { GatedParts } from '../../fakes/gatedParts.js';

let bench: ChatBench;
let fake: GatedParts;
let client: VideoChatClient;
let chatId: string;

beforeEachChatBench(async (setUp) => {
  ({ bench, fake, client } = setUp);
  chatId = await bench.createChat();
});

const span = { startSeconds: 2, endSeconds: 4 };
const send = (text: string, more: Partial<ChatSendParams> = {}) => client.request(ChatSendRequest, { chatId, text, ...more });
const history = () => client.request(ChatHistoryRequest, { chatId });

describe('a question with frames of its own', () => {
  it('looks at its span, after the same turns', async () => {
    await send('What is it?');
    const { plan, turn } = await send('And here?', { span, plan: 'middle:4' });
    expect(turn).toBe(1);
    expect(plan.indices).toHaveLength(4);
    expect(Math.min(...plan.seconds)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...plan.seconds)).toBeLessThan(4);
    expect(fake.prompts.at(-1)).toContain('What is it?');
    expect((await send('Overall?')).plan.indices).toHaveLength(8);
  });

  it('costs a follow-up about the first frames only what is new', async () => {
    await send('What is it?');
    await send('And here?', { span });
    const back = await send('Overall?');
    expect(back.embeddingsCached).toBe(true);
    expect(back.tokens.reused).toBeGreaterThan(96);
    expect(fake.counts).toMatchObject({ decode: 2, encode: 2, sessions: 2 });
    const again = await send('And here again?', { span });
    expect(again.tokens.reused).toBeGreaterThan(96);
    expect(fake.counts.sessions).toBe(2);
  });

  it('frees what was not asked about for long', async () => {
    for (let start = 0; start < 8; start++) {
      await send('Here?', { span: { startSeconds: start, endSeconds: start + 1 } });
    }
    expect(fake.counts.sessions - fake.counts.disposed).toBeLessThanOrEqual(4);
  });

  it('is remembered with them, and answered again on them', async () => {
    await send('And here?', { span, plan: 'videochat:3' });
    expect((await history()).turns).toMatchObject([{ span, plan: 'videochat:3' }]);
    const again = await client.request(ChatRegenerateRequest, { chatId });
    expect(again.plan).toMatchObject({ span: expect.anything(), indices: { length: 3 } });
    expect((await history()).turns).toMatchObject([{ span, plan: 'videochat:3' }]);
    const restored = await client.request(ChatRestoreRequest, { history: await history() });
    expect((await client.request(ChatRegenerateRequest, restored)).plan).toEqual(again.plan);
  });

  it.each([
    ['a plan of no kind', { plan: 'nonsense:8' }, ErrorCode.FramePlanInvalid],
    ['a span that ends before it starts', { span: { startSeconds: 4, endSeconds: 2 } }, ErrorCode.InvalidParams],
    ['a negative number of turns', { keepTurns: -1 }, ErrorCode.InvalidParams],
    ['more turns than there are', { keepTurns: 2 }, ErrorCode.InvalidParams],
  ])('is refused with %s, and the conversation goes on', async (_, more, code) => {
    await send('What is it?');
    await expect(send('Where?', more)).rejects.toMatchObject({ code });
    expect(await send('Where?')).toMatchObject({ turn: 1 });
  });
});

describe('a question asked after some turns', () => {
  it('replaces those behind them and reuses the cache up to there', async () => {
    await send('What is it?');
    await send('Why?');
    await send('When?');
    const answer = await send('How?', { keepTurns: 1 });
    expect(answer.turn).toBe(1);
    expect(answer.tokens.prefilled).toBeLessThan(60);
    expect((await history()).turns.map(({ question }) => question)).toEqual(['What is it?', 'How?']);
    expect(fake.prompts.at(-1)).not.toContain('Why?');
  });

  it('leaves them be if it fails before it says anything', async () => {
    await send('What is it?');
    await send('Why?');
    fake.failures.generate = new Error('broken');
    await expect(send('How?', { keepTurns: 0 })).rejects.toMatchObject({ code: ErrorCode.InternalError });
    expect((await history()).turns).toHaveLength(2);
  });
});
