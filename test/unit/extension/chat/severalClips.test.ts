import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Conversation, createConversation } from '../../../../extension/chat/conversation.js';
import { type AskedFrames, ConversationController } from '../../../../extension/chat/conversationController.js';
import { conversationSchema } from '../../../../extension/chat/conversationSchema.js';
import { toTranscript } from '../../../../extension/chat/transcript.js';
import { english } from '../../../../extension/translate.js';
import type { HostMessage } from '../../../../server/protocol/index.js';
import { videoPath } from '../../../fakes/chatBench.js';
import { RealServer } from '../../../fakes/realServer.js';

const other = videoPath.replace('clip.mp4', 'other.mp4');
const picture = videoPath.replace('clip.mp4', 'cup.png');
const span = { startSeconds: 2, endSeconds: 4 };
let server: RealServer;
let posted: HostMessage[];

beforeEach(() => {
  server = new RealServer();
  server.fake.manifest.media = { most: 3 };
  posted = [];
});
afterEach(() => server.dispose());

function start(conversation: Conversation = createConversation('New', videoPath)): ConversationController {
  const values = { model: undefined, framesPerClip: undefined, answersFrom: 'auto' as const, sampling: {}, maxProxyHeight: 720 };
  return new ConversationController(conversation, {
    ...{ server, t: english, values: () => values, save: () => undefined, mapUrl: async (url: string) => url },
    post: (message) => void posted.push(structuredClone(message)),
  });
}

async function ask(controller: ConversationController, text: string, asked?: AskedFrames) {
  expect(controller.send(text, asked)).toBeUndefined();
  while (controller.busy) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return controller.conversation.turns.at(-1);
}

const clipId = ({ conversation }: ConversationController, index: number): string => conversation.clips[index]?.clipId ?? '';

describe('several clips in a conversation', () => {
  it('are looked at together, each with its own evidence; one that is added costs its rows', async () => {
    const controller = start();
    const first = await ask(controller, 'What is it?');
    expect(first).toMatchObject({ state: 'complete' });
    expect(first?.plans).toBeUndefined();
    expect(controller.addClip(other)).toBeUndefined();
    const both = await ask(controller, 'And here?');
    expect(both?.plans?.map(({ name, plan }) => [name, plan.indices.length])).toEqual([['clip.mp4', 8], ['other.mp4', 8]]);
    expect(both?.result?.tokens.reused).toBeGreaterThanOrEqual(first?.result?.tokens.prompt ?? Infinity);
    expect(server.fake.counts).toMatchObject({ decode: 2, sessions: 1 });
    const plans = posted.flatMap((message) => (message.type === 'plan' ? [message.plans?.map(({ name }) => name)] : []));
    expect(plans).toEqual([undefined, ['clip.mp4'], ['clip.mp4', 'other.mp4']]);
    expect(toTranscript(controller.conversation, english)).toContain('Frames (`other.mp4`): `videochat:8`');
  });

  it('are asked about a part of the one that is shown', async () => {
    const controller = start(createConversation('New', picture, videoPath, other));
    const turn = await ask(controller, 'Here?', { span, clipId: clipId(controller, 2) });
    expect(turn?.plans?.map(({ plan }) => plan.span.startSeconds)).toEqual([0, 0, 2]);
    expect(turn?.spanClipId).toBe(clipId(controller, 2));
    expect(controller.regenerate()).toBeUndefined();
    while (controller.busy) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(controller.conversation.turns[0]?.plans?.[2]?.plan.span.startSeconds).toBe(2);
  });

  it('are there again after the server or the window ended', async () => {
    const controller = start();
    await ask(controller, 'What is it?');
    controller.addClip(other);
    await ask(controller, 'And here?', { span, clipId: clipId(controller, 1) });
    const kept = conversationSchema.parse(JSON.parse(JSON.stringify(controller.conversation)));
    expect(kept).toEqual(controller.conversation);
    expect(kept.clips.map(({ fromTurn }) => fromTurn)).toEqual([undefined, 1]);

    await server.restart();
    server.fake.manifest.media = { most: 3 };
    const again = start(kept);
    expect(await ask(again, 'Both?')).toMatchObject({ state: 'complete' });
    expect(server.fake.prompts.at(-1)).toMatch(/What is it\?\n###Assistant: A red ball\.###Human: <Video>\[video\].*\n###Human: And here\?\n/);
  });

  it('can be taken out: the rest is asked about alone, and what was said stays', async () => {
    const controller = start();
    await ask(controller, 'What is it?');
    expect(controller.addClip(other)).toBeUndefined();
    await ask(controller, 'Which?', { span, clipId: clipId(controller, 1) });
    await controller.removeClip(clipId(controller, 1));
    const alone = await ask(controller, 'And now?');
    expect(alone).toMatchObject({ state: 'complete' });
    expect(alone?.plans).toBeUndefined();
    expect(server.fake.prompts.at(-1)?.split('[video]')).toHaveLength(2);
    expect(controller.conversation.turns[1]?.plans).toHaveLength(2);
  });

  it('stand before a question that is asked in other words', async () => {
    const controller = start();
    await ask(controller, 'One?');
    const two = await ask(controller, 'Two?');
    controller.addClip(other);
    expect(controller.editAndResend(two?.turnId ?? '', 'Other words?')).toBeUndefined();
    while (controller.busy) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(controller.conversation.clips[1]?.fromTurn).toBe(1);
    expect(controller.conversation.turns.at(-1)?.plans).toHaveLength(2);
  });
});

describe('what finds no place', () => {
  it('is refused with a sentence that says how many', async () => {
    server.fake.manifest.media = { most: 3, videos: 2 };
    const controller = start();
    await ask(controller, 'What?');
    expect(controller.addClip(videoPath)?.message).toBe('clip.mp4 is in this conversation already.');
    expect(controller.addClip(other)).toBeUndefined();
    expect(controller.addClip(videoPath.replace('clip', 'third'))?.message).toMatch(/looks at 2 videos in a conversation\.$/);
    expect(controller.addClip(picture)).toBeUndefined();
    const full = controller.addClip(videoPath.replace('clip.mp4', 'plate.png'));
    expect(full).toMatchObject({ message: expect.stringMatching(/looks at 3 clips and pictures/) as string, actions: ['newConversation'] });
    expect(await ask(controller, 'All?')).toMatchObject({ state: 'complete' });
  });

  it('is said with the question when another model takes fewer', async () => {
    const controller = start(createConversation('New', videoPath, other));
    delete server.fake.manifest.media;
    expect(await ask(controller, 'Both?')).toMatchObject({
      state: 'failed',
      problem: { message: expect.stringMatching(/one clip or picture in a conversation, not at 2/) as string, actions: ['chooseModel'] },
    });
  });
});
