import { afterEach, describe, expect, it } from 'vitest';
import { createConversation } from '../../../../extension/chat/conversation.js';
import { type AskedFrames, ConversationController } from '../../../../extension/chat/conversationController.js';
import { english } from '../../../../extension/translate.js';
import { videoPath } from '../../../fakes/chatBench.js';
import { RealServer } from '../../../fakes/realServer.js';

let server: RealServer;
afterEach(() => server.dispose());

function start(): ConversationController {
  server = new RealServer();
  const values = { model: undefined, framesPerClip: undefined, answersFrom: 'auto' as const, sampling: {}, maxProxyHeight: 720 };
  return new ConversationController(createConversation('New', videoPath), {
    ...{ server, t: english, values: () => values, post: () => undefined, save: () => undefined, mapUrl: async (url: string) => url },
  });
}

async function ask(controller: ConversationController, text: string, asked?: AskedFrames) {
  expect(controller.send(text, asked)).toBeUndefined();
  await ended(controller);
  return controller.conversation.turns.at(-1);
}

async function ended(controller: ConversationController): Promise<void> {
  while (controller.busy) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('with the real server', () => {
  it('a follow-up reads only what is new, also after a question about a part', async () => {
    const controller = start();
    expect(await ask(controller, 'What is it?')).toMatchObject({ state: 'complete', answer: 'A red ball.', plan: { spec: 'videochat:8' } });
    const part = await ask(controller, 'Here?', { span: { startSeconds: 2, endSeconds: 4 }, frames: 4 });
    expect(part?.plan?.seconds).toHaveLength(4);
    expect(part?.plan?.span.startSeconds).toBeGreaterThanOrEqual(2);
    const back = await ask(controller, 'And overall?');
    expect(back?.result?.tokens.reused).toBeGreaterThan(96);
    expect(back?.result?.embeddingsCached).toBe(true);
    expect(server.fake.prompts.at(-1)).toContain('Here?');
    await controller.dispose();
  });

  it('editing a question cuts the history there, and keeps what was read before it', async () => {
    const controller = start();
    for (const question of ['One?', 'Two?', 'Three?']) {
      await ask(controller, question);
    }
    controller.editAndResend(controller.conversation.turns[1]?.turnId ?? '', 'Other?');
    await ended(controller);
    expect(controller.conversation.turns.map(({ question }) => question)).toEqual(['One?', 'Other?']);
    expect(controller.conversation.turns[1]?.result?.tokens.prefilled).toBeLessThan(60);
    expect(server.fake.prompts.at(-1)).not.toMatch(/Two|Three/);
    expect(server.fake.counts.sessions).toBe(1);
    await controller.dispose();
  });

  it('what was said before a stop is part of what follows', async () => {
    const controller = start();
    await ask(controller, 'One?');
    server.fake.gates.generate.close();
    controller.send('Two?');
    await server.fake.gates.generate.reached();
    server.fake.gates.generate.step();
    await server.fake.gates.generate.reached();
    await controller.stop();
    expect(controller.conversation.turns.at(-1)).toMatchObject({ state: 'stopped', answer: 'A' });
    server.fake.gates.generate.open();
    expect(await ask(controller, 'Three?')).toMatchObject({ state: 'complete' });
    expect(server.fake.prompts.at(-1)).toMatch(/Two\?[^]*A[^]*Three\?/);
    await controller.dispose();
  });

  it('another server takes the conversation up where it was', async () => {
    const controller = start();
    await ask(controller, 'What is it?');
    await server.restart();
    expect(await ask(controller, 'And now?')).toMatchObject({ state: 'complete' });
    expect(server.fake.prompts).toHaveLength(1);
    expect(server.fake.prompts[0]).toMatch(/What is it\?[^]*A red ball\.[^]*And now\?/);
    await controller.dispose();
  });

  it('a plan that cannot be made is said with the question', async () => {
    const controller = start();
    const turn = await ask(controller, 'There?', { span: { startSeconds: 100, endSeconds: 200 } });
    expect(turn).toMatchObject({ state: 'failed', answer: '', problem: { message: expect.any(String) } });
    expect(await ask(controller, 'Here?')).toMatchObject({ state: 'complete' });
    await controller.dispose();
  });
});
