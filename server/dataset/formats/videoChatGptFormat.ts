import { phrase } from '../../protocol/index.js';
import { type Json, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { readLlavaTurns, type TagPlace, writeLlavaTurns } from './llavaTurns.js';
import { pairsOf, turnsOf } from './questionAnswerTurns.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';

/** Which members hold what; a clip that has no member of its own is told from the question's id. */
interface Fields {
  clip?: string;
  question?: string;
  answer?: string;
  id?: string;
}

/** One of the flat files: a question a line. Further members, e.g. `Q2` and `pred`, are kept. */
function flat(name: string, fields: Fields, order: readonly string[]): EntryLayout {
  const needed = [fields.clip, fields.question, fields.answer, fields.id].filter((key) => key !== undefined);
  return {
    name,
    order,
    fits: hasKeys(...needed),
    codec: {
      unit: 'item',
      read: (value) => {
        const entry = objectOf(value, phrase`each item`);
        const text = (key: string | undefined): string | undefined => (key === undefined ? undefined : textOf(entry.get(key), `"${key}"`));
        const clip = text(fields.clip) ?? text(fields.id)?.replace(/_\d+$/, '') ?? '';
        const answer = text(fields.answer);
        const item = { question: text(fields.question) ?? '', ...(answer === undefined ? {} : { answer }) };
        return { clip: { name: clip, kind: 'id' }, item: { list: 'questions', item } };
      },
      write: ({ clip, item, newId }) =>
        item.list === 'questions' && clip !== undefined ? write(fields, clip, item.item.question, item.item.answer, newId) : undefined,
      writeNew: ({ clip, item, newId }) =>
        clip === undefined
          ? []
          : pairsOf(turnsOf(item) ?? []).map(({ user = '', assistant = '' }) => write(fields, clip, user, assistant, newId)),
    },
  };
}

function write(fields: Fields, clip: string, question: string, answer: string | undefined, newId: string | undefined): Json {
  const name = clipName(clip, 'id');
  return jsonObject({
    ...(fields.question === undefined ? {} : { [fields.question]: question }),
    ...(fields.answer === undefined ? {} : { [fields.answer]: answer }),
    ...(fields.clip === undefined ? {} : { [fields.clip]: name }),
    ...(fields.id === undefined || newId === undefined ? {} : { [fields.id]: `${name}_${newId}` }),
  });
}

/** The training list after the original's conversion: features instead of clips, tags in turn before and behind. */
const converted: EntryLayout = {
  name: 'converted',
  order: ['id', 'video', 'conversations', 'from', 'value'],
  fits: hasKeys('conversations'),
  codec: {
    unit: 'item',
    read: (value, position) => {
      const entry = objectOf(value, phrase`each item`);
      const name = textOf(entry.get('video'), '"video"').replace(/\.pkl$/, '');
      const { turns, hint } = readLlavaTurns(listOf(entry.get('conversations'), '"conversations"'), convertedTags(position));
      return { clip: { name, kind: 'id' }, item: { list: 'conversations', item: { turns } }, hint };
    },
    write: ({ clip, item, hint, newId, position }) => {
      const turns = turnsOf(item);
      return turns && clip !== undefined
        ? jsonObject({
            id: newId,
            video: `${clipName(clip, 'id')}.pkl`,
            conversations: writeLlavaTurns(turns, convertedTags(position), hint),
          })
        : undefined;
    },
  },
};

function convertedTags(position: number): TagPlace {
  return position % 2 === 0 ? ['', '\n<video>'] : ['<video>\n', ''];
}

/** Video-ChatGPT's training list, its benchmark's inputs and predictions, and open-ended questions and answers. */
export const videoChatGptFormat = entryFormat({
  name: 'video-chatgpt',
  extensions: ['.json'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [
    flat('training', { clip: 'video_id', question: 'q', answer: 'a' }, ['q', 'a', 'video_id']),
    converted,
    flat('consistency', { clip: 'video_name', question: 'Q1', answer: 'A' }, ['video_name', 'Q1', 'Q2', 'A', 'pred1', 'pred2']),
    flat('generic', { clip: 'video_name', question: 'Q', answer: 'A' }, ['video_name', 'Q', 'A', 'pred']),
    flat('questions', { clip: 'video_name', question: 'question', id: 'question_id' }, ['video_name', 'question', 'question_id']),
    flat('predictions', { id: 'id', question: 'question', answer: 'answer' }, ['id', 'question', 'answer', 'pred']),
    flat('answers', { id: 'question_id', answer: 'answer' }, ['answer', 'type', 'question_id']),
  ],
  keeps: {
    questions: ['answer'],
    conversations: [],
    unedited: 'equal JSON',
    note: 'A new conversation becomes a question for each of its turns; a file of answers has no questions, and their clips are told from the ids.',
  },
});
