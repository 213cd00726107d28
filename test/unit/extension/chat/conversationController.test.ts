import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation } from '../../../../extension/chat/conversation.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { ChatPage } from '../../../fakes/chatPage.js';
import { Gate } from '../../../fakes/gate.js';
import { answerOf, type Script } from '../../../fakes/scriptedServer.js';

let page: ChatPage;
beforeEach(() => {
  page = new ChatPage();
});
afterEach(() => page.dispose());

const answering = (...texts: string[]): Script => {
  let asked = 0;
  return (_params, { progress }) => {
    const text = texts[asked++] ?? '';
    progress({ kind: 'delta', text });
    return answerOf(text);
  };
};

describe('a question', () => {
  it('is answered with stages, plan, text and the facts of the answer', async () => {
    const { plan } = answerOf('');
    page.server.script.scripts['chat/send'] = (_params, { progress }) => {
      progress({ kind: 'stage', stage: 'loading', done: 1, total: 3 });
      progress({ kind: 'plan', plan });
      progress({ kind: 'stage', stage: 'decoding', done: 3, total: 8 });
      progress({ kind: 'delta', text: 'A red' });
      progress({ kind: 'delta', text: ' ball.' });
      return answerOf('A red ball.');
    };
    await page.open();
    page.messages.length = 0;
    const turn = await page.ask(' What is it? ');
    expect(turn).toMatchObject({ question: 'What is it?', answer: 'A red ball.', state: 'complete', plan, result: { device: 'CPU', tokens: { generated: 3 } } });
    const { turnId } = turn ?? {};
    const said = page.messages.filter(({ type }) => type !== 'clip');
    expect(said[0]).toMatchObject({ type: 'turn', turn: { state: 'waiting', answer: '' }, busy: true });
    expect(page.said('stage')).toMatchObject([{ turnId, stage: 'loading', done: 1 }, { turnId, stage: 'decoding', done: 3, total: 8 }]);
    expect(page.said('plan')).toEqual([{ type: 'plan', turnId, plan }]);
    expect(said.at(-1)).toMatchObject({ type: 'turn', turn: { state: 'complete' }, busy: false });
    expect(page.saves).toBeGreaterThan(0);
  });

  it('loses and reorders nothing of 5,000 pieces', async () => {
    const pieces = Array.from({ length: 5000 }, (_, index) => `${index} `);
    page.server.script.scripts['chat/send'] = (_params, { progress }) => {
      pieces.forEach((text) => progress({ kind: 'delta', text }));
      return answerOf(pieces.join(''));
    };
    await page.ask('Count.');
    const deltas = page.messages.flatMap((message) => (message.type === 'delta' ? [message] : []));
    expect(deltas.map(({ sequence }) => sequence)).toEqual(deltas.map((_, index) => index));
    expect(deltas.map(({ text }) => text).join('')).toBe(pieces.join(''));
    expect(deltas.length).toBeLessThan(5000);
    expect(page.last).toMatchObject({ answer: pieces.join(''), state: 'complete' });
    expect(page.last).not.toHaveProperty('nextSequence');
  });

  it('can be seen whole by a page that comes late', async () => {
    const gate = new Gate();
    gate.close();
    page.server.script.scripts['chat/send'] = async (_params, { progress }) => {
      progress({ kind: 'delta', text: 'A ' });
      progress({ kind: 'delta', text: 'red ' });
      await gate.pass();
      progress({ kind: 'delta', text: 'ball.' });
      return answerOf('A red ball.');
    };
    expect(page.controller.send('What?')).toBeUndefined();
    await gate.reached();
    await page.until(() => (page.last?.nextSequence ?? 0) > 0);
    const { answer = '', nextSequence = 0 } = page.last ?? {};
    page.messages.length = 0;
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    gate.open();
    await page.settled();
    const deltas = page.messages.flatMap((message) => (message.type === 'delta' ? [message] : []));
    const fresh = deltas.filter(({ sequence }) => sequence >= nextSequence);
    expect(fresh[0]?.sequence).toBe(nextSequence);
    expect(answer + fresh.map(({ text }) => text).join('')).toBe('A red ball.');
  });

  it.each([
    ['while another is answered', async () => void page.controller.send('First?'), 'Second?', /being made/],
    ['without a clip', () => page.controller.removeClip(page.conversation.clips[0]?.clipId ?? ''), 'What?', /Add a clip/],
    ['that is blank', async () => undefined, ' \n', /empty/],
  ])('%s is refused with a sentence', async (_, prepare, text, sentence) => {
    await prepare();
    const { length } = page.conversation.turns;
    expect(page.controller.send(text)?.message).toMatch(sentence);
    expect(page.conversation.turns).toHaveLength(length);
  });

  it('says what its answer is made from, and keeps what the answer rests on', async () => {
    const event = { id: 'e', track: 'text' as const, label: 'EXIT', startSeconds: 1, endSeconds: 2 };
    page.server.script.scripts['chat/send'] = (_params, { progress }) => {
      progress({ kind: 'stage', stage: 'looking', done: 1, total: 4 });
      progress({ kind: 'delta', text: 'EXIT' });
      return { ...answerOf('EXIT'), from: 'timeline', fromReason: 'It is chosen.', evidence: [event, { ...event, medium: 7 }] };
    };
    await page.ask('One?');
    page.controller.choices.setAnswersFrom('timeline');
    expect(page.controller.state().answersFrom).toBe('timeline');
    const turn = await page.ask('Two?');
    expect(page.server.script.asked('chat/send')).toMatchObject([{ answersFrom: 'auto' }, { answersFrom: 'timeline' }]);
    // What is of no clip of the conversation is left out.
    expect(turn?.evidence).toEqual([{ ...event, clipId: page.conversation.clips[0]?.clipId }]);
    expect(turn?.result).toMatchObject({ from: 'timeline', fromReason: 'It is chosen.' });
  });

  it('brings its span and its number of frames', async () => {
    const span = { startSeconds: 2, endSeconds: 4 };
    await page.ask('Here?', { span, frames: 16 });
    page.controller.choices.setFrames(4);
    await page.ask('And?');
    page.controller.choices.setFrames(null);
    await page.ask('Overall?');
    expect(page.server.script.asked('chat/send')).toMatchObject([
      { span, plan: 'videochat:16', keepTurns: 0 },
      { plan: 'videochat:4', keepTurns: 1 },
      { keepTurns: 2 },
    ]);
    expect(page.server.script.asked('chat/send')[2]).not.toHaveProperty('plan');
    expect(page.server.script.asked('chat/create')).toHaveLength(1);
    expect(page.turns[0]).toMatchObject({ span });
  });

  it('that fails says why, and can be asked again', async () => {
    page.server.script.scripts['chat/send'] = () => {
      throw new VideoChatError(ErrorCode.ProviderUnavailable, 'No such device.', { hint: 'Use another.' });
    };
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'failed', problem: { message: 'No such device.', hint: 'Use another.', actions: ['useCpuOnly', 'openSettings'] } });
    delete page.server.script.scripts['chat/send'];
    expect(page.controller.regenerate()).toBeUndefined();
    await page.settled();
    expect(page.turns).toMatchObject([{ state: 'complete', answer: 'A red ball.' }]);
    expect(page.turns[0]).not.toHaveProperty('problem');
  });
});

describe('stop', () => {
  it('keeps what was said, and later questions build on it', async () => {
    page.server.script.scripts['chat/send'] = (_params, { progress, token }) => {
      progress({ kind: 'delta', text: 'A red' });
      return new Promise((_resolve, reject) => token.onCancellationRequested(() => reject(new VideoChatError(ErrorCode.RequestCancelled, 'Cancelled.'))));
    };
    page.controller.send('What?');
    await page.until(() => page.last?.answer === 'A red');
    await page.controller.stop();
    expect(page.last).toMatchObject({ state: 'stopped', answer: 'A red' });
    expect(page.last).not.toHaveProperty('problem');
    delete page.server.script.scripts['chat/send'];
    await page.ask('And?');
    expect(page.server.script.asked('chat/send')[1]).toMatchObject({ keepTurns: 1 });
    expect(page.server.script.asked('chat/restore')).toEqual([]);
  });

  it('does not wait for a server that does not react, nor listen to it later', async () => {
    const gate = new Gate();
    gate.close();
    page.server.script.scripts['chat/send'] = async (_params, { progress }) => {
      progress({ kind: 'delta', text: 'A red' });
      await gate.pass();
      progress({ kind: 'delta', text: ' lie' });
      return answerOf('A red lie');
    };
    page.controller.send('What?');
    await page.until(() => page.last?.answer === 'A red');
    await page.controller.stop();
    expect(page.last).toMatchObject({ state: 'stopped', answer: 'A red' });
    page.server.script.scripts['chat/send'] = answering('Truly.');
    expect(page.controller.send('And?')).toBeUndefined();
    gate.open();
    await page.settled();
    expect(page.turns.map(({ answer }) => answer)).toEqual(['A red', 'Truly.']);
    const [restored] = page.server.script.asked('chat/restore');
    expect(restored).toMatchObject({ history: { turns: [{ question: 'What?', answer: 'A red', state: 'interrupted' }] } });
    expect(page.server.script.asked('chat/close')).toHaveLength(1);
  });

  it('works before the server has started, and twice', async () => {
    page.server.change({ state: 'restarting', attempt: 1, delayMs: 1000 });
    page.controller.send('What?');
    await Promise.all([page.controller.stop(), page.controller.stop()]);
    expect(page.last).toMatchObject({ state: 'stopped', answer: '' });
    await page.controller.stop();
  });
});

describe('asking again', () => {
  it('replaces the last answer, and brings its span', async () => {
    page.server.script.scripts['chat/send'] = answering('One.', 'Two.', 'Three.');
    const span = { startSeconds: 0, endSeconds: 1 };
    await page.ask('First?');
    await page.ask('Second?', { span, frames: 3 });
    page.controller.choices.rate(page.last?.turnId ?? '', 'down', 'Wrong');
    page.controller.regenerate();
    await page.settled();
    expect(page.turns.map(({ answer }) => answer)).toEqual(['One.', 'Three.']);
    expect(page.last).not.toHaveProperty('rating');
    expect(page.server.script.asked('chat/send')[2]).toMatchObject({ text: 'Second?', span, plan: 'videochat:3', keepTurns: 1 });
  });

  it('keeps the old answer if nothing new is said', async () => {
    await page.ask('What?');
    const before = page.last;
    page.server.script.scripts['chat/send'] = (_params, { token }) =>
      new Promise((_resolve, reject) => token.onCancellationRequested(() => reject(new VideoChatError(ErrorCode.RequestCancelled, 'Cancelled.'))));
    page.controller.regenerate();
    await page.until(() => page.server.script.asked('chat/send').length === 2);
    await page.controller.stop();
    expect(page.last).toEqual(before);
  });

  it('in other words drops what stood behind', async () => {
    page.server.script.scripts['chat/send'] = answering('One.', 'Two.', 'Three.', 'Four.');
    for (const question of ['First?', 'Second?', 'Third?']) {
      await page.ask(question);
    }
    const turnId = page.turns[1]?.turnId ?? '';
    expect(page.controller.editAndResend(turnId, 'Other?')).toBeUndefined();
    await page.settled();
    expect(page.turns.map(({ question, answer }) => [question, answer])).toEqual([['First?', 'One.'], ['Other?', 'Four.']]);
    expect(page.server.script.asked('chat/send')[3]).toMatchObject({ keepTurns: 1 });
    expect(page.controller.editAndResend(turnId, 'Again?')?.message).toMatch(/not there/);
  });

  it('without a question is refused', () => {
    expect(page.controller.regenerate()?.message).toMatch(/no question/);
  });
});

describe('a conversation of before', () => {
  it('goes on from its history, whatever the model is now', async () => {
    const conversation = createConversation('Kept', '/clips/ball.mp4');
    conversation.turns.push(
      { turnId: 'a', question: 'What?', answer: 'A ball.', state: 'complete', askedPlan: 'videochat:4' },
      { turnId: 'b', question: 'Failed?', answer: '', state: 'failed' },
      { turnId: 'c', question: 'Cut?', answer: 'Half', state: 'interrupted', span: { startSeconds: 1, endSeconds: 2 } },
    );
    const later = new ChatPage(conversation);
    try {
      await later.ask('And?');
      expect(later.server.script.asked('chat/restore')).toMatchObject([
        {
          history: {
            modelId: 'tiny',
            videoPath: '/clips/ball.mp4',
            turns: [
              { question: 'What?', answer: 'A ball.', state: 'complete', plan: 'videochat:4' },
              { question: 'Cut?', answer: 'Half', state: 'interrupted', span: { startSeconds: 1, endSeconds: 2 } },
            ],
          },
        },
      ]);
      expect(later.server.script.asked('chat/send')).toMatchObject([{ keepTurns: 2 }]);
      expect(conversation.modelId).toBe('tiny');
    } finally {
      await later.dispose();
    }
  });

  it('is ended together with its page', async () => {
    await page.open();
    await page.ask('What?');
    await page.controller.dispose();
    await page.until(() => page.server.script.asked('media/close').length === 1);
    expect(page.server.script.asked('chat/close')).toHaveLength(1);
  });
});
