import { describe, expect, it } from 'vitest';
import { type AgentMessage, agentTurn } from '../../../../extension/assistant/agentTurn.js';
import { toolNames } from '../../../../extension/assistant/assistantNames.js';

const person = (text: string): AgentMessage => ({ fromPerson: true, text, results: [] });
const model = (text: string): AgentMessage => ({ fromPerson: false, text, results: [] });
const result = (callId: string, text: string): AgentMessage => ({ fromPerson: true, text: '', results: [{ callId, text }] });
/** As the editor's own agent puts it. */
const wrapped = (request: string, more = ''): AgentMessage => person(`<context>\nToday is a day.\n</context>\n${more}<userRequest>\n${request}\n</userRequest>\n`);

describe('a model of ours among tools', () => {
  it('calls the tool that looks at the clip which is named', () => {
    const ask = { kind: 'call', name: 'videochat_ask', input: { video: 'clips/a.mp4', question: 'What happens in clips/a.mp4?' } };
    expect(agentTurn([person('What happens in clips/a.mp4?')], toolNames)).toEqual(ask);
    expect(agentTurn([person('Rules of the house.'), wrapped('What happens in clips/a.mp4?')], toolNames)).toEqual(ask);
    expect(agentTurn([person('Please summarize "my trip.mp4".')], toolNames)).toEqual({ kind: 'call', name: 'videochat_summarize', input: { video: 'my trip.mp4' } });
    expect(agentTurn([person('总结 a.mp4。')], toolNames)).toMatchObject({ name: 'videochat_summarize', input: { video: 'a.mp4' } });
    expect(agentTurn([person('Timeline of #file:a.mp4, please')], toolNames)).toEqual({ kind: 'call', name: 'videochat_timeline', input: { video: 'a.mp4' } });
  });

  it('takes the path from where an agent says it, and the clip from an attachment or an earlier request', () => {
    const attachments = '<attachments>\n<attachment id="file:a.mp4" filePath="/w/clips/a.mp4">\nbytes\n</attachment>\n</attachments>\n';
    expect(agentTurn([wrapped('What is in #file:a.mp4 ?', attachments)], toolNames)).toMatchObject({ input: { video: '/w/clips/a.mp4' } });
    expect(agentTurn([wrapped('What is this?', attachments)], toolNames)).toMatchObject({ input: { video: '/w/clips/a.mp4' } });
    expect(agentTurn([person('What is in /w/b.mp4?'), model('A ball.'), person('Is it red?')], toolNames)).toMatchObject({ input: { video: '/w/b.mp4', question: 'Is it red?' } });
  });

  it('says what the tool has answered, and nothing of calls by others', () => {
    const asked = [wrapped('What is in a.mp4?'), model('')];
    expect(agentTurn([...asked, result('videochat-1', 'A ball.'), person('<reminder>Be kind.</reminder>')], toolNames)).toEqual({ kind: 'say', text: 'A ball.' });
    expect(agentTurn([...asked, result('other-1', 'x')], toolNames)).toMatchObject({ kind: 'call' });
    expect(agentTurn([...asked, result('videochat-1', 'A ball.'), model('A ball.'), wrapped('And b.mp4?')], toolNames)).toMatchObject({ kind: 'call', input: { video: 'b.mp4' } });
  });

  it('answers itself where no clip is named, whatever lies about, or where it may not call', () => {
    const folder = 'The workspace has: /w/a.mp4\n';
    expect(agentTurn([wrapped('Hello', folder)], toolNames)).toEqual({ kind: 'complete', turns: [], question: 'Hello' });
    expect(agentTurn([person('What is in a.mp4?')], [])).toEqual({ kind: 'complete', turns: [], question: 'What is in a.mp4?' });
    expect(agentTurn([person('What is in a.mp4?')], ['read_file'])).toMatchObject({ kind: 'complete' });
    expect(agentTurn([wrapped('Hi'), model('Hello'), wrapped('Who?')], toolNames)).toEqual({ kind: 'complete', turns: [{ question: 'Hi', answer: 'Hello' }], question: 'Who?' });
    expect(agentTurn([], toolNames)).toEqual({ kind: 'complete', turns: [], question: '' });
  });
});
