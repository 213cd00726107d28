import { describe, expect, it } from 'vitest';
import { AnswerStream, cleanAnswer } from '../../../server/models/answerText.js';

const rules = { texts: ['###', '</s>'], trimAfter: ['Assistant:'] };
const cases: [string, string][] = [
  [' A cat. ', 'A cat.'],
  ['A cat.### Human: and', 'A cat.'],
  ['Assistant: A cat.\n###', 'A cat.'],
  ['A # cat ## here </s> x ###', 'A # cat ## here'],
  ['###', ''],
  ['', ''],
  ['  \n ', ''],
  ['Assist', 'Assist'],
  ['ends with #', 'ends with #'],
  ['a\n\nb  c', 'a\n\nb  c'],
];

describe('cleanAnswer', () => {
  it.each(cases)('%j → %j', (text, expected) => {
    expect(cleanAnswer(text, rules)).toBe(expected);
  });
  it('keeps what follows the last marker', () => {
    expect(cleanAnswer('Human: a Assistant: b Assistant: c', rules)).toBe('c');
  });
});

describe('AnswerStream', () => {
  it.each(cases)('%j → %j, however it is cut', (text, expected) => {
    for (const step of [1, 2, 3, 100]) {
      const stream = new AnswerStream(rules);
      let shown = '';
      for (let i = 0; i < text.length; i += step) {
        shown += stream.push(text.slice(i, i + step));
      }
      expect(shown + stream.end()).toBe(expected);
    }
  });

  it('shows text as soon as it can belong to no stop text', () => {
    const stream = new AnswerStream(rules);
    expect(stream.push(' A cat')).toBe('A cat');
    expect(stream.push(' #')).toBe('');
    expect(stream.push('1')).toBe(' #1');
    expect(stream.stopped).toBe(false);
    expect(stream.push('#')).toBe('');
    expect(stream.push('## more')).toBe('');
    expect(stream.stopped).toBe(true);
    expect(stream.push('late') + stream.end()).toBe('');
  });
});
