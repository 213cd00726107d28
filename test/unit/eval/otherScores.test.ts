import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOf, isRightChoice, scoreChoices } from '../../../server/eval/score/choices.js';
import { scoreGrounding } from '../../../server/eval/score/grounding.js';
import { aspects, judgePrompt, readJudgement } from '../../../server/eval/score/judgement.js';
import { spanOverlap } from '../../../server/eval/score/spans.js';

describe('grounding', () => {
  it('is R@1 and mIoU', () => {
    // IoU: 1; 5/15; none; 5/10 with its ends the wrong way round.
    const scores = scoreGrounding([{ right: [0, 10], predicted: [0, 10] }, { right: [0, 10], predicted: [5, 15] }, { right: [10, 20] }, { right: [0, 10], predicted: [5, 0] }]);
    expect(scores).toEqual({ items: 4, recallAt1: [0.75, 0.5, 0.25], meanIou: expect.closeTo((1 + 1 / 3 + 0.5) / 4, 10) as number });
    expect(scoreGrounding([])).toEqual({ items: 0, recallAt1: [0, 0, 0], meanIou: 0 });
  });

  it('has overlaps from 0 to 1', () => {
    const time = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(time, time, time, time, (a, b, c, d) => {
        const overlap = spanOverlap([a, b], [c, d]);
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1 + 1e-9);
        expect(spanOverlap([c, d], [b, a])).toBeCloseTo(overlap, 9);
      }),
    );
    expect(spanOverlap([5, 5], [0, 10])).toBe(0);
  });
});

const options = ['Yes.', 'No.', 'Not sure.'];

describe('choices', () => {
  it.each([
    ['B) No.', true],
    ['B', true],
    ['b. no', true],
    ['(B)', true],
    ['B)\nbecause it is green (A)', true],
    ['A) Yes.', false],
    ['', false],
    ['...', false],
    ['No', false],
  ])('reads %j', (answer, right) => {
    expect(isRightChoice(answer, { options, correct: 1 })).toBe(right);
  });

  it.each([
    ['B', 1],
    ['(c) Not sure', 2],
    [' a) yes', 0],
    ['D', -1],
    ['', -1],
    ['?', -1],
  ])('takes the first letter of %j', (answer, index) => {
    expect(choiceOf(answer, 3)).toBe(index);
  });

  it('are counted by category, by group, and with credit', () => {
    const item = { question: '', options: ['1', '2', '3', '4', '5'] };
    // Right, wrong, no letter (counts 1/5 with credit), no answer, and one whose answer nobody knows.
    const { all, categories } = scoreChoices('nextqa', [
      { ...item, correct: 0, category: 'CW', answer: 'A' },
      { ...item, correct: 1, category: 'TP', answer: 'C)' },
      { ...item, correct: 1, category: 'TN', answer: '???' },
      { ...item, correct: 4, category: 'DO' },
      { ...item, category: 'DO', answer: 'A' },
    ]);
    expect(all).toEqual({ items: 4, right: 1, invalid: 2, accuracy: 0.25, creditedAccuracy: expect.closeTo(1.4 / 4, 10) as number });
    expect(Object.keys(categories)).toEqual(['CW', 'Causal', 'DO', 'Descriptive', 'TN', 'Temporal']);
    expect(categories['TN']).toMatchObject({ items: 2, right: 0, invalid: 1 });
  });
});

describe('a judge', () => {
  it.each([
    [`{'pred': 'yes', 'score': 4}`, { score: 4, match: true }],
    [`{"pred": "No", "score": "3.5"}`, { score: 3.5, match: false }],
    ['```python\n{ "score" : 4.8 }\n```', { score: 4.8 }],
    [`Here it is: {pred: yes, score: 5}. Good.`, { score: 5, match: true }],
    [`{'a': {'score': 2}}`, { score: 2 }],
    [`{'score': 7} {'score': 3}`, { score: 3 }],
    [`{'score': -1}`, undefined],
    ['score: 4', undefined],
    ['{}', undefined],
    ['', undefined],
  ])('is read: %s', (text, judgement) => {
    expect(readJudgement(text)).toEqual(judgement);
  });

  it('is asked about both wordings, and never reads for long', () => {
    for (const aspect of aspects) {
      const prompt = judgePrompt(aspect, { question: 'Q?', secondQuestion: 'Again?', answer: 'A', predicted: 'P', secondPredicted: 'P2' });
      expect(prompt).toMatch(/Q\?[^]*Again\?[^]*A\n[^]*P\n[^]*P2[^]*'score'/);
    }
    expect(readJudgement('{'.repeat(1_000_000))).toBeUndefined();
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void readJudgement(text)));
  });
});
