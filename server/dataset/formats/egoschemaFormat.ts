import { phrase } from '../../protocol/index.js';
import { type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import { choicesOf, correctOf, optionMembers, readOptions } from './choiceQuestion.js';
import { clipName } from './clipName.js';
import type { EntryContainer } from './entryContainer.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { hasAny, isMember, memberOf } from './entryMember.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem } from './format.js';
import { jsonContainer } from './jsonContainer.js';
import { objectOf, textOf } from './readJsonFields.js';

const optionNames = Array.from({ length: 5 }, (_, i) => `option ${i}`);
const order = ['q_uid', 'google_drive_id', 'question', ...optionNames, 'truth'];

function readQuestion(entry: JsonObject): PieceItem {
  const options = readOptions(entry, optionNames);
  const item = { question: textOf(entry.get('question'), '"question"'), ...(options && { options }), ...correctOf(entry.get('truth'), options) };
  return { list: 'questions', item };
}

function questionMembers(item: PieceItem, lost: ((what: string) => void) | undefined): Record<string, Json | undefined> | undefined {
  const found = choicesOf(item);
  if (found?.options && found.options.length > optionNames.length) {
    lost?.('options after the fifth');
  }
  return found && { question: found.question, ...optionMembers(found.options, optionNames), truth: found.correct };
}

const questions: EntryLayout = {
  name: 'questions',
  order,
  fits: hasKeys('q_uid'),
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      return { clip: { name: textOf(entry.get('q_uid'), '"q_uid"'), kind: 'id' }, item: readQuestion(entry) };
    },
    write: ({ clip, item, lost }) => {
      const members = questionMembers(item, lost);
      return members && clip !== undefined ? jsonObject({ q_uid: clipName(clip, 'id'), ...members }) : undefined;
    },
  },
};

const annotations: EntryLayout = {
  name: 'annotations',
  order,
  fits: isMember(hasAny('question')),
  codec: {
    unit: 'item',
    read: (value) => {
      const { key, value: entry } = memberOf(value);
      return { clip: { name: key, kind: 'id' }, item: readQuestion(objectOf(entry, phrase`each item`)) };
    },
    write: ({ clip, item, lost }) => {
      const members = questionMembers(item, lost);
      return members && clip !== undefined ? [clipName(clip, 'id'), jsonObject(members)] : undefined;
    },
  },
};

/** Answers alone: of the questions only their clips are known. */
const answers: EntryLayout = {
  name: 'answers',
  order,
  fits: isMember((value) => (jsonNumber(value) ?? 9) < optionNames.length),
  codec: {
    unit: 'item',
    read: (entry) => {
      const { key, value } = memberOf(entry);
      if (jsonNumber(value) === undefined) {
        throw new EntryMismatch(phrase`the number of an option`);
      }
      return { clip: { name: key, kind: 'id' }, item: { list: 'questions', item: { question: '', ...correctOf(value, optionNames) } } };
    },
    write: ({ clip, item }) => {
      const found = choicesOf(item);
      return found && clip !== undefined ? [clipName(clip, 'id'), found.correct ?? -1] : undefined;
    },
  },
};

/** Durations, places in Ego4D: about clips, and kept as they are. */
const facts: EntryLayout = {
  name: 'facts',
  order: ['video_uid', 'starting_sec', 'ending_sec'],
  fits: isMember((value) => jsonNumber(value) !== undefined || hasAny('video_uid')(value)),
  codec: {
    unit: 'clip',
    read: (entry) => ({ clip: { name: memberOf(entry).key, kind: 'id' }, elements: [] }),
    writeElement: () => undefined,
    write: () => undefined,
  },
};

const json = jsonContainer({ usual: 'members' });
const members = { shape: 'members' };
/** New files are lists, where a clip may have several questions. */
const container: EntryContainer = {
  read: (file, setFrame) => json.read(file, (frame) => setFrame(frame === undefined ? members : frame)),
  write: (entries, sink, frame) => json.write(entries, sink, frame ?? { shape: 'array' }),
};

/** EgoSchema's questions, annotated subset, answers, durations and places. */
export const egoschemaFormat = entryFormat({
  name: 'egoschema',
  extensions: ['.json'],
  unit: 'item',
  container,
  layouts: [questions, annotations, answers, facts],
  keeps: {
    questions: ['options', 'correct'],
    unedited: 'equal JSON',
    note: 'Five options; the right one is `truth`. A file of answers has no questions; durations and places are kept, but not used.',
  },
});
