import { describe, expect, it } from 'vitest';
import { type FirstSubject, SuggestedQuestions } from '../../../../extension/chat/suggestedQuestions.js';
import type { RunningServer } from '../../../../extension/server/serverController.js';
import { ErrorCode, type ModelInfo, VideoChatError, type VideoFacts } from '../../../../server/protocol/index.js';
import { Gate } from '../../../fakes/gate.js';
import { makeVideo } from '../../../fakes/gatedParts.js';
import { ScriptedServer } from '../../../fakes/scriptedServer.js';

const english = (text: string): string => text;
const model: ModelInfo = {
  ...{ id: 'mini', name: 'Mini', description: '', version: '1', licence: 'MIT', plan: 'videochat:8', bytes: 1, state: 'unloaded' },
  ...{ demonstration: true, abilities: ['chat', 'timeline'], halves: ['embeddings', 'timeline'] },
};
const toybox = ['Describe the video.', 'How many objects are there?', 'Which object appears first?'];
const reader = ['What objects appear and when?', 'What does the text say?', 'Is anyone speaking?', 'Summarise the video.'];
const facts = (more: Partial<VideoFacts> = {}): VideoFacts => ({ ...makeVideo('/clip.mp4').facts, ...more });
const subject = (more: Partial<FirstSubject> = {}): FirstSubject => ({ model, clips: [{ facts: facts() }], answersFrom: 'auto', ...more });

async function start(): Promise<{ script: ScriptedServer; running: RunningServer; questions: SuggestedQuestions; changes: () => number }> {
  const script = new ScriptedServer();
  script.scripts['chat/foresee'] = () => ({ half: 'timeline' });
  let changes = 0;
  return { script, running: { client: await script.connect(), session: 1 }, questions: new SuggestedQuestions(english, () => changes++), changes: () => changes };
}

describe('suggested questions', () => {
  it('are those of the half that the person has chosen', () => {
    const questions = new SuggestedQuestions(english, () => undefined);
    expect(questions.list(subject())).toEqual(toybox);
    expect(questions.list(subject({ answersFrom: 'timeline' }))).toEqual(reader);
    expect(questions.list(subject({ answersFrom: 'timeline', model: { ...model, timelineQuestions: ['Who is there?'] } }))).toEqual(['Who is there?']);
    expect(questions.list(subject({ model: { ...model, halves: ['timeline'] } }))).toEqual(reader);
    expect(questions.list(subject({ answersFrom: 'timeline', clips: [{ facts: facts({ kind: 'image' }) }] })).join()).not.toMatch(/when|speaking|video/i);
    expect(questions.list(subject({ model: undefined }))).toEqual([]);
    // Models that know any words are asked in the person's language.
    const chinese = new SuggestedQuestions((text) => `中：${text}`, () => undefined);
    expect(chinese.list(subject({ answersFrom: 'timeline', model: { ...model, demonstration: false } }))).toEqual(reader.map((text) => `中：${text}`));
    expect(chinese.list(subject({ answersFrom: 'timeline' }))).toEqual(reader);
  });

  it('follow what the server would answer from', async () => {
    const { script, running, questions, changes } = await start();
    await questions.foresee(running, subject(), ['v']);
    expect(script.asked('chat/foresee')).toEqual([{ videoId: 'v', modelId: 'mini' }]);
    expect(questions.list(subject())).toEqual(reader);
    expect(changes()).toBe(1);
    // It is asked once, and of another clip or model nothing is known.
    await questions.foresee(running, subject(), ['v']);
    expect(script.asked('chat/foresee')).toHaveLength(1);
    expect(questions.list(subject({ clips: [{ facts: facts({ contentHash: 'other' }) }] }))).toEqual(toybox);
    expect(questions.list(subject({ model: { ...model, id: 'other' } }))).toEqual(toybox);
    expect(questions.list(subject({ answersFrom: 'embeddings' }))).toEqual(toybox);
    await running.client.dispose();
  });

  it('need no look where there is no choice, or nothing to look at', async () => {
    const { script, running, questions } = await start();
    await questions.foresee(running, subject({ answersFrom: 'timeline' }), ['v']);
    await questions.foresee(running, subject({ model: { ...model, halves: ['embeddings'] } }), ['v']);
    await questions.foresee(running, subject({ clips: [{ facts: facts(), problem: { message: 'It has changed.' } }] }), ['v']);
    await questions.foresee(running, subject({ clips: [{ facts: facts() }, { facts: facts({ contentHash: 'other' }) }] }), ['v']);
    await questions.foresee(running, subject({ clips: [] }), []);
    expect(script.asked('chat/foresee')).toEqual([]);
    await running.client.dispose();
  });

  it('are the usual ones where the server cannot say, and it is asked again', async () => {
    const { script, running, questions } = await start();
    script.scripts['chat/foresee'] = () => {
      throw new VideoChatError(ErrorCode.ModelFileMissing, 'A file is missing.');
    };
    await questions.foresee(running, subject(), ['v']);
    expect(questions.list(subject())).toEqual(toybox);
    script.scripts['chat/foresee'] = () => ({ half: 'timeline' });
    await questions.foresee(running, subject(), ['v']);
    expect(questions.list(subject())).toEqual(reader);
    await running.client.dispose();
  });

  it('do not take what comes late for another clip', async () => {
    const { script, running, questions } = await start();
    const gate = new Gate();
    gate.close();
    script.scripts['chat/foresee'] = async () => {
      await gate.pass();
      return { half: 'timeline' };
    };
    const late = questions.foresee(running, subject(), ['v']);
    const other = subject({ clips: [{ facts: facts({ contentHash: 'other' }) }] });
    script.scripts['chat/foresee'] = () => ({ half: 'embeddings' });
    await questions.foresee(running, other, ['w']);
    gate.open();
    await late;
    expect(questions.list(other)).toEqual(toybox);
    await running.client.dispose();
  });
});
