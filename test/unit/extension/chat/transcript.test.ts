import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../../extension/chat/conversation.js';
import { toRatingLines } from '../../../../extension/chat/ratingsExport.js';
import { clockTime, toTranscript, transcriptName } from '../../../../extension/chat/transcript.js';
import { english } from '../../../../extension/translate.js';
import { answerOf } from '../../../fakes/scriptedServer.js';

const { tokens, timings, embeddingsCached, droppedTurns, model } = answerOf('');
const result = { tokens, timings, embeddingsCached, droppedTurns, model, stopReason: 'stop' as const, device: 'CPU' };

const conversation: Conversation = {
  version: 1,
  id: '00000000-0000-4000-8000-000000000000',
  title: 'ball `2`.mp4',
  created: '2026-11-22T10:00:00.000Z',
  updated: '2026-11-22T10:05:00.000Z',
  clips: [{ clipId: 'clip-1', path: '/clips/ball `2`.mp4', name: 'ball `2`.mp4', contentHash: 'ab12' }],
  turns: [
    {
      ...{ turnId: 'turn-1', question: 'What happens?\nIn detail.', answer: 'A **red** ball moves.\n\n- left\n- right\n', state: 'complete' },
      plan: { spec: 'videochat:2', span: { startSeconds: 0, endSeconds: 10 }, indices: [0, 225], seconds: [0, 7.5], reason: 'two' },
      rating: { value: 'down', note: 'It is\nblue.' },
      result,
    },
    { turnId: 'turn-2', question: 'And here?', span: { startSeconds: 61.25, endSeconds: 3723.04 }, answer: 'It st', state: 'stopped' },
    { turnId: 'turn-3', question: 'Why?', answer: '', state: 'failed', problem: { message: 'The server ended.' } },
    { turnId: 'turn-4', question: 'Good?', answer: 'Yes.', state: 'complete', rating: { value: 'up' } },
  ],
};

describe('a transcript', () => {
  it('says what was asked and answered, about which part, from which frames', () => {
    const golden = readFileSync(new URL('../../../golden/extension/transcript.md', import.meta.url), 'utf8');
    expect(toTranscript(conversation, english)).toBe(golden);
  });

  it.each([
    [0, '0:00.0'],
    [5.24, '0:05.2'],
    [59.96, '1:00.0'],
    [3723, '1:02:03.0'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(clockTime(seconds)).toBe(text);
  });

  it.each([
    ['ball.mp4', 'ball.mp4.md'],
    ['../../etc/passwd', 'passwd.md'],
    ['a:b*c?', 'a_b_c_.md'],
    ['...', 'conversation.md'],
    ['', 'conversation.md'],
  ])('of %j is saved as %j', (title, name) => {
    expect(transcriptName(title)).toBe(name);
  });
});

describe('ratings', () => {
  it('are one line each, with what was asked before', () => {
    const lines = toRatingLines([conversation]).split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({
        ...{ rating: 'down', note: 'It is\nblue.', question: 'What happens?\nIn detail.', history: [], model },
        video: { path: '/clips/ball `2`.mp4', contentHash: 'ab12' },
        frames: { spec: 'videochat:2', indices: [0, 225], seconds: [0, 7.5] },
      }),
      expect.objectContaining({ rating: 'up', history: [expect.anything(), { question: 'And here?', answer: 'It st' }] }),
    ]);
    expect(toRatingLines([{ ...conversation, turns: [] }])).toBe('');
  });
});
