import { describe, expect, it } from 'vitest';
import { readSpans } from '../../../server/eval/readSpans.js';
import { type Answered, scoreItems } from '../../../server/eval/scoreItems.js';

const choice = (category: string, correct: number, prediction?: Answered['prediction']): Answered => ({
  item: { id: `${category}${correct}`, video: 'v', task: { kind: 'choice', choice: { question: '', options: ['a', 'b', 'c'], correct, category } } },
  ...(prediction ? { prediction } : {}),
  judgements: {},
});
const open = (answer: string, said: string, judgements: Answered['judgements'] = {}, category = 'openqa'): Answered => ({
  item: { id: said, video: 'v', task: { kind: 'open', question: 'Q', answer, aspects: ['match'], category } },
  prediction: { id: said, answer: said },
  judgements,
});

describe('scores of a task', () => {
  it('MVBench: over all items, over tasks, and by task', () => {
    const rows = scoreItems('mvbench', [choice('x', 0, { id: '', answer: 'A) a' }), choice('x', 1, { id: '', answer: 'C)' }), choice('y', 2, { id: '', choice: 2 })]);
    expect(rows.map(({ name, items }) => [name, items])).toEqual([['all', 3], ['x', 2], ['y', 1]]);
    expect(rows[0]?.scores['accuracy']).toBeCloseTo(2 / 3, 10);
    expect(rows[0]?.scores['mean over tasks']).toBeCloseTo((1 / 2 + 1) / 2, 10);
  });

  it('open questions: the same words, and what a judge says', () => {
    const [all] = scoreItems('openqa', [open('A red ball.', 'the red ball', { match: { id: '', score: 4, match: true } }), open('Two', 'three', { match: { id: '', score: 1, match: false } }), open('x', 'y')]);
    expect(all?.scores).toEqual({ 'same words': expect.closeTo(1 / 3, 10), accuracy: expect.closeTo(1 / 3, 10), score: expect.closeTo(5 / 3, 10) });
    expect(scoreItems('openqa', [open('Two', 'two')])[0]?.scores).toEqual({ 'same words': 1 });
  });

  it('Video-ChatGPT: each score over what was judged, by file', () => {
    const rows = scoreItems('videochatgpt', [
      open('', 'p', { correctness: { id: '', score: 4 }, detail: { id: '', score: 2 }, context: { id: '', score: 3 } }, 'generic'),
      open('', 'q', { correctness: { id: '', score: 2 } }, 'generic'),
      open('', 'r', { temporal: { id: '', score: 5 } }, 'temporal'),
      open('', 's', {}, 'temporal'),
    ]);
    expect(rows[0]).toEqual({ name: 'all', items: 4, scores: { judged: 3, correctness: 3, detail: 2, context: 3, temporal: 5 } });
    expect(rows.map(({ name }) => name)).toEqual(['all', 'generic', 'temporal']);
  });

  it('grounding: spans, or times in words', () => {
    const item: Answered['item'] = { id: 'g', video: 'v', task: { kind: 'grounding', query: 'q', right: [2, 4] } };
    const [all] = scoreItems('grounding', [
      { item, prediction: { id: 'g', spans: [[2, 4], [0, 1]] }, judgements: {} },
      { item, prediction: { id: 'g', answer: 'It is from 2 to 3 seconds.' }, judgements: {} },
      { item, judgements: {} },
    ]);
    expect(all?.scores).toEqual({ 'R@1 IoU=0.3': expect.closeTo(2 / 3, 10), 'R@1 IoU=0.5': expect.closeTo(2 / 3, 10), 'R@1 IoU=0.7': expect.closeTo(1 / 3, 10), mIoU: 0.5 });
    expect(readSpans('at 5 seconds, then from 0:07 to 0:09')).toEqual([[7, 9]]);
    expect(readSpans(undefined)).toEqual([]);
  });
});
