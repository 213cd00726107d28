import { phrase } from '../../protocol/index.js';
import { jsonObject } from '../json/json.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { choicesOf, spanOf, spanMembers } from './choiceQuestion.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';

const layout: EntryLayout = {
  name: 'items',
  order: ['video', 'question', 'candidates', 'answer', 'question_id', 'start', 'end', 'accurate_start', 'accurate_end', 'fps', 'subtitle'],
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      const options = listOf(entry.get('candidates'), '"candidates"').map((each) => textOf(each, '"candidates"'));
      const answer = textOf(entry.get('answer'), '"answer"');
      const correct = options.indexOf(answer);
      const span = spanOf(entry);
      const item = {
        question: textOf(entry.get('question'), '"question"'),
        options,
        ...(correct < 0 ? { answer } : { correct }),
        ...(span && { span }),
      };
      return { clip: { name: textOf(entry.get('video'), '"video"'), kind: 'path' }, item: { list: 'questions', item } };
    },
    write: ({ clip, item }) => {
      const choices = choicesOf(item);
      if (clip === undefined || !choices?.options) {
        return undefined;
      }
      const { question, options, correct, answer, span } = choices;
      return jsonObject({
        video: clip,
        question,
        candidates: options,
        answer: (correct === undefined ? undefined : options[correct]) ?? answer,
        ...spanMembers(span),
      });
    },
  },
};

/** MVBench's lists of multiple-choice questions. */
export const mvbenchFormat = entryFormat({
  name: 'mvbench',
  extensions: ['.json'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [layout],
  keeps: {
    questions: ['answer', 'options', 'correct', 'span'],
    unedited: 'equal JSON',
    note: 'Only questions with options; the answer is the text of the right one.',
  },
});
