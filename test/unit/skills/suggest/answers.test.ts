import { describe, expect, it } from 'vitest';
import { cleanAnswer, cleanLine, longestAnswer, sameText } from '../../../../server/skills/suggest/cleanAnswer.js';
import { matchLabel } from '../../../../server/skills/suggest/matchLabel.js';
import { readPairs } from '../../../../server/skills/suggest/readPairs.js';

describe('what is kept of an answer', () => {
  it('is the text without marks of chat templates and characters that hide things', () => {
    expect(cleanAnswer('<s> A red ball.</s><|im_end|>\n### Human: more')).toBe('A red ball.\nmore');
    expect(cleanAnswer('a\u202eb\u0000c\u001b[31md\ud800')).toBe('abc[31md');
    expect(cleanLine(' one \r\n\n two\tthree ')).toBe('one two three');
    expect(cleanAnswer('</s> \u0007 <|endoftext|>')).toBe('');
  });

  it('leaves letters that are joined, and emoji, as they are', () => {
    expect(cleanAnswer('می‌خواهم 👩‍👩‍👧 红色圆形')).toBe('می‌خواهم 👩‍👩‍👧 红色圆形');
  });

  it('has a bound, whatever came', () => {
    const long = cleanAnswer('word '.repeat(1_000_000));
    expect(long.length).toBeLessThanOrEqual(longestAnswer);
    expect(long).toMatch(/word…$/);
    expect(cleanAnswer('<'.repeat(5_000_000)).length).toBe(longestAnswer);
    expect(cleanAnswer('😀'.repeat(100_000))).not.toMatch(/\p{Cs}/u);
  });

  it('is the same to a reader whatever the case and the last mark', () => {
    expect(sameText('A red  ball.', 'a red ball')).toBe(true);
    expect(sameText('A red ball', 'A blue ball')).toBe(false);
    expect(sameText(undefined, undefined)).toBe(false);
  });
});

describe('the label that an answer names', () => {
  const labels = ['red circle', 'circle', 'blue_square', '跑步'];
  it.each([
    ['It is a Red Circle.', 'red circle'],
    ['blue square', 'blue_square'],
    ['That is a circle, I think: a circle.', 'circle'],
    ['他在跑步。', '跑步'],
    ['{"label": "circle"}', 'circle'],
  ])('%s', (answer, label) => expect(matchLabel(answer, labels)).toBe(label));

  it('is none where there is none, where there are several, and where a word only begins alike', () => {
    expect(matchLabel('A triangle.', labels)).toBeUndefined();
    expect(matchLabel('A circle and a blue square.', labels)).toBeUndefined();
    expect(matchLabel('It encircled, semicircles', labels)).toBeUndefined();
    expect(matchLabel('anything', ['', ' '])).toBeUndefined();
  });
});

describe('pairs that a model wrote', () => {
  const pair = { question: 'What moves?', answer: 'A ball.' };
  it.each([
    ['Q: What moves?\nA: A ball.'],
    ['Here they are:\n1. **Question:** What moves?\n   **Answer:** A ball.'],
    ['User: What\nmoves?\nAssistant: A\nball.'],
    ['Sure! [{"question": "What moves?", "answer": "A ball."}] Anything else?'],
  ])('are found in %j', (text) => expect(readPairs(text)).toEqual([pair]));

  it('are left out where a half is missing, and are at most twenty', () => {
    expect(readPairs('Q: What moves?\nQ: What else?\nA: Nothing.')).toEqual([{ question: 'What else?', answer: 'Nothing.' }]);
    expect(readPairs('A: Yes.')).toEqual([]);
    expect(readPairs('[[[[')).toEqual([]);
    expect(readPairs('[{"question": 1}]')).toEqual([]);
    expect(readPairs('Q: x\nA: y\n'.repeat(500))).toHaveLength(20);
  });
});
