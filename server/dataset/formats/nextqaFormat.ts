import { phrase } from '../../protocol/index.js';
import { type Json, jsonObject } from '../json/json.js';
import { choicesOf, correctOf, optionMembers, readOptions } from './choiceQuestion.js';
import { clipName } from './clipName.js';
import { csvContainer } from './csvContainer.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { eitherContainer, looksLikeJson } from './eitherContainer.js';
import type { PieceItem } from './format.js';
import { jsonContainer } from './jsonContainer.js';
import { nextGqaLayout } from './nextGqaLayout.js';
import { objectOf, textOf } from './readJsonFields.js';

const optionNames = ['a0', 'a1', 'a2', 'a3', 'a4'];
const columns = ['video', 'frame_count', 'width', 'height', 'question', 'answer', 'qid', 'type', ...optionNames];

/** Empty cells are no members. */
function cells(members: Record<string, string | undefined>): Json {
  return jsonObject(Object.fromEntries(Object.entries(members).filter(([, text]) => text !== '')));
}

function rows(name: string, readAnswer: (answer: string | undefined, options: string[] | undefined) => object): Pick<EntryLayout, 'name' | 'order' | 'codec'> {
  return {
    name,
    order: columns,
    codec: {
      unit: 'item',
      read: (value) => {
        const row = objectOf(value, phrase`each row`);
        const text = (key: string): string | undefined => (row.has(key) ? textOf(row.get(key), `"${key}"`) : undefined);
        const options = readOptions(row, optionNames);
        const type = text('type');
        const item = {
          question: textOf(row.get('question'), '"question"'),
          ...(options && { options }),
          ...readAnswer(text('answer'), options),
          ...(type !== undefined && { type }),
        };
        return { clip: { name: textOf(row.get('video'), '"video"'), kind: 'id' }, item: { list: 'questions', item } };
      },
      write: ({ clip, item, newId, media, lost }) => {
        const found = choicesOf(item);
        if (!found || clip === undefined) {
          return undefined;
        }
        if (found.options && found.options.length > optionNames.length) {
          lost?.('options after the fifth');
        }
        return cells({
          video: clipName(clip, 'id'),
          frame_count: media?.frameCount === undefined ? undefined : String(media.frameCount),
          question: found.question,
          answer: answerOf(found, name === 'choices'),
          qid: newId,
          type: found.type,
          ...(optionMembers(found.options, optionNames) as Record<string, string>),
        });
      },
    },
  };
}

function answerOf({ options, correct, answer }: Extract<PieceItem, { list: 'questions' }>['item'], byNumber: boolean): string | undefined {
  if (correct !== undefined && options) {
    return byNumber ? String(correct) : options[correct];
  }
  return answer;
}

const choices: EntryLayout = {
  ...rows('choices', (answer, options) => {
    const correct = correctOf(answer, options);
    return 'correct' in correct || answer === undefined ? correct : { answer };
  }),
  fits: hasKeys('a0'),
};

const open: EntryLayout = { ...rows('open', (answer) => (answer === undefined ? {} : { answer })), fits: hasKeys('question') };

/** NExT-QA's tables of questions, with choices or open; NExT-GQA's grounding of them. */
export const nextqaFormat = entryFormat({
  name: 'nextqa',
  extensions: ['.csv', '.json'],
  unit: 'item',
  container: eitherContainer([
    { name: 'csv', container: csvContainer(columns), fits: (head) => !looksLikeJson(head) },
    { name: 'json', container: jsonContainer({ usual: 'members' }), fits: looksLikeJson },
  ]),
  layouts: [choices, open, nextGqaLayout],
  keeps: {
    segments: ['attributes'],
    questions: ['answer', 'options', 'correct', 'type'],
    unedited: 'equal cells, equal JSON',
    note: 'Five options. Segments only in a file of grounding: each belongs to the question named by its attribute `qid`, and other attributes are lost.',
  },
});
