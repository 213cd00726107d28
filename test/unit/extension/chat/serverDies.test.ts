import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { ChatPage } from '../../../fakes/chatPage.js';
import { answerOf, type Script } from '../../../fakes/scriptedServer.js';

let page: ChatPage;
beforeEach(async () => {
  page = new ChatPage();
  await page.open();
});
afterEach(() => page.dispose());

const sent = (): Record<string, unknown>[] => page.server.script.asked('chat/send');
const never = (): Promise<never> => new Promise(() => undefined);

/** Kills the server when it is asked, after it has said something. */
const dying = (text = ''): Script => (_params, { progress }) => {
  if (text) {
    progress({ kind: 'delta', text });
  }
  void page.until(() => (page.last?.answer ?? '') === text).then(() => setImmediate(() => page.server.die()));
  return never();
};

describe('a server that dies', () => {
  it('in the middle of an answer leaves what was said, and the answer can be had again', async () => {
    await page.ask('Before?');
    page.server.script.scripts['chat/send'] = dying('Half an');
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'interrupted', answer: 'Half an', problem: { actions: ['retry', 'showLog'] } });
    expect(page.last?.problem?.message).toMatch(/middle of this answer/);
    expect(page.said('server').at(-1)).toMatchObject({ server: { state: 'restarting' } });
    delete page.server.script.scripts['chat/send'];
    await page.server.comeBack();
    expect(page.controller.regenerate()).toBeUndefined();
    await page.settled();
    expect(page.turns).toMatchObject([{ state: 'complete' }, { state: 'complete', answer: 'A red ball.' }]);
    expect(page.server.script.asked('chat/restore')).toMatchObject([{ history: { turns: [{ question: 'Before?' }] } }]);
    expect(sent().at(-1)).toMatchObject({ keepTurns: 1 });
  });

  it('before it said anything is asked once more by itself', async () => {
    page.server.script.scripts['chat/send'] = dying();
    page.controller.send('What?');
    await page.until(() => page.server.state.state === 'restarting');
    await page.until(() => page.last?.problem !== undefined);
    expect(page.last).toMatchObject({ state: 'waiting', problem: { message: expect.stringMatching(/asked once more/) } });
    expect(page.said('turn').at(-1)).toMatchObject({ turn: page.last, busy: true });
    delete page.server.script.scripts['chat/send'];
    await page.server.comeBack();
    await page.settled();
    expect(page.last).toMatchObject({ state: 'complete', answer: 'A red ball.' });
    expect(page.last).not.toHaveProperty('crashes');
    expect(page.last).not.toHaveProperty('problem');
    expect(sent()).toHaveLength(2);
  });

  it('twice of the same question is not asked a third time by itself', async () => {
    page.server.script.scripts['chat/send'] = dying();
    page.controller.send('What?');
    await page.until(() => page.server.state.state === 'restarting');
    await page.server.comeBack();
    await page.settled();
    expect(page.last).toMatchObject({ state: 'interrupted', problem: { actions: ['retry', 'useCpuOnly', 'showLog'] } });
    expect(page.last?.problem?.message).toMatch(/2 times/);
    delete page.server.script.scripts['chat/send'];
    await page.server.comeBack();
    await page.until(() => page.state.clips[0]?.media !== undefined);
    expect(sent()).toHaveLength(2);
    await page.controller.retry();
    await page.settled();
    expect(page.last).toMatchObject({ state: 'complete' });
    expect(sent()).toHaveLength(3);
  });

  it('twice, and then again when a person retries, says so again at once', async () => {
    page.server.script.scripts['chat/send'] = dying();
    page.controller.send('What?');
    for (let times = 0; times < 2; times++) {
      await page.until(() => page.server.state.state === 'restarting');
      await page.server.comeBack();
    }
    await page.settled();
    page.controller.regenerate();
    await page.settled();
    expect(page.last?.problem?.message).toMatch(/3 times/);
  });

  it('is waited for no longer when the person stops', async () => {
    page.server.script.scripts['chat/send'] = dying();
    page.controller.send('What?');
    await page.until(() => page.server.state.state === 'restarting');
    await page.controller.stop();
    expect(page.last).toMatchObject({ state: 'stopped', answer: '' });
    await page.server.comeBack();
    expect(sent()).toHaveLength(1);
  });

  it('gets its clip opened again, with a new address', async () => {
    const before = page.state.clips[0]?.media;
    expect(before?.url).toMatch(/^https:\/\/mapped\.example\//);
    page.server.die();
    expect(page.state.clips[0]?.media).toEqual(before);
    await page.server.comeBack();
    await page.until(() => page.state.clips[0]?.media?.url !== before?.url);
    expect(page.state.clips[0]?.facts).toBeDefined();
    expect(page.state.clips[0]).not.toHaveProperty('problem');
  });

  it.each(['video/open', 'media/open'])('over %s twice is not asked for it again by itself', async (method) => {
    const fresh = new ChatPage();
    try {
      fresh.server.script.scripts[method] = () => {
        setImmediate(() => fresh.server.die());
        return never();
      };
      fresh.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
      for (let times = 1; times <= 2; times++) {
        await fresh.until(() => fresh.server.state.state === 'restarting');
        await fresh.server.comeBack();
      }
      await fresh.until(() => (fresh.state.clips[0]?.problem ?? fresh.state.clips[0]?.unplayable) !== undefined);
      await fresh.server.comeBack();
      expect(fresh.server.script.asked(method)).toHaveLength(2);
      delete fresh.server.script.scripts[method];
      await fresh.controller.retry();
      await fresh.until(() => fresh.state.clips[0]?.media !== undefined);
      expect(fresh.state.clips[0]).not.toHaveProperty('problem');
      expect(fresh.state.clips[0]).not.toHaveProperty('unplayable');
    } finally {
      await fresh.dispose();
    }
  });

  it('while it is asked for its models leaves the model in view, with its name in the results', async () => {
    await page.ask('Before?');
    const { model } = page.state;
    expect(model).toMatchObject({ id: 'tiny', name: 'Tiny', demonstration: true });
    page.server.script.scripts['model/list'] = () => {
      setTimeout(() => page.server.die(), 5);
      return never();
    };
    page.controller.send('What?');
    await page.until(() => page.server.state.state === 'restarting');
    await page.until(() => page.last?.problem !== undefined);
    expect(page.state.model).toEqual(model);
    expect(page.turns[0]?.result).toMatchObject({ modelName: 'Tiny', model: { id: 'tiny' } });
    delete page.server.script.scripts['model/list'];
    await page.server.comeBack();
    await page.settled();
    expect(page.last).toMatchObject({ state: 'complete' });
  });

  it('and a window that is loaded again: the model of the last answer is in view before there is a server', async () => {
    await page.ask('Before?');
    const again = new ChatPage(page.conversation);
    try {
      expect(again.state.server).toEqual({ state: 'stopped' });
      expect(again.state.model).toMatchObject({ id: 'tiny', name: 'Tiny', demonstration: true });
      again.server.script.scripts['model/list'] = () => ({ models: [] });
      again.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
      await again.until(() => again.state.model === undefined);
      expect(again.said('state').at(-1)).not.toHaveProperty('state.model');
    } finally {
      await again.dispose();
    }
  });

  it('for good is shown with what can be done, and retry starts it', async () => {
    const error = new VideoChatError(ErrorCode.ConnectionLost, 'It crashed 5 times.', { hint: 'See the log.' });
    page.server.die();
    page.server.change({ state: 'failed', error, offerCpuOnly: true });
    expect(page.state.server).toMatchObject({ state: 'failed', problem: { message: 'It crashed 5 times.', actions: ['restartServer', 'useCpuOnly', 'showLog'] } });
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'interrupted' });
    await page.controller.retry();
    await page.settled();
    expect(page.server.restarts).toHaveLength(1);
    expect(page.last).toMatchObject({ state: 'complete' });
  });

  it('forgot a chat: it is made anew, once', async () => {
    let asked = 0;
    page.server.script.scripts['chat/send'] = () => {
      if (asked++ === 0) {
        throw new VideoChatError(ErrorCode.ChatUnknown, 'Not open.');
      }
      return answerOf('Yes.');
    };
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'complete', answer: 'Yes.' });
    page.server.script.scripts['chat/send'] = () => {
      throw new VideoChatError(ErrorCode.ChatUnknown, 'Not open.');
    };
    await page.ask('And?');
    expect(page.last).toMatchObject({ state: 'failed' });
  });
});
