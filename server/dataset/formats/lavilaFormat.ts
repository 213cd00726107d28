import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, jsonObject } from '../json/json.js';
import { floatJson, tupleKey } from '../pickle/pickleReader.js';
import { charadesEgoLayout } from './charadesEgoLayout.js';
import { clipName } from './clipName.js';
import { csvContainer } from './csvContainer.js';
import { eitherContainer, looksLikeJson } from './eitherContainer.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem } from './format.js';
import { jsonContainer } from './jsonContainer.js';
import { pickleContainer } from './pickleContainer.js';
import { epicKitchensLayout } from './epicKitchensLayout.js';
import { finiteOf, objectOf, textOf } from './readJsonFields.js';

const columns = ['video_uid', 'start', 'end', 'narration', 'score'];

function narrationOf({ list, item }: PieceItem): string | undefined {
  return list === 'segments' ? (item.caption ?? item.label) : undefined;
}

/** Rows of our interchange; scores are kept. */
function rows(name: string, number: (value: Json | undefined) => Json | undefined, cell: (value: number) => Json): EntryLayout {
  return {
    name,
    order: columns,
    fits: (entry) => hasKeys('video_uid', 'start')(entry) && (name === 'cells') === (isJsonObject(entry) && typeof entry.get('start') === 'string'),
    codec: {
      unit: 'item',
      read: (value) => {
        const row = objectOf(value, phrase`each row`);
        const item = { start: finiteOf(number(row.get('start')), '"start"'), end: finiteOf(number(row.get('end')), '"end"'), caption: textOf(row.get('narration') ?? '', '"narration"') };
        return { clip: { name: textOf(row.get('video_uid'), '"video_uid"'), kind: 'id' }, item: { list: 'segments', item } };
      },
      write: ({ clip, item, newId }) => {
        const narration = narrationOf(item);
        return item.list !== 'segments' || clip === undefined || (newId !== undefined && narration === undefined)
          ? undefined
          : jsonObject({ video_uid: clipName(clip, 'id'), start: cell(item.item.start), end: cell(item.item.end), narration: narration ?? '' });
      },
    },
  };
}

const lines = rows('lines', (value) => value, (value) => value);
const cells = rows('cells', (value) => (typeof value === 'string' && value.trim() !== '' && !/^nan$/i.test(value) ? Number(value) : value === undefined ? value : 0), (value) => String(value));

/** Tuples of training files and of the narrator: several narrations are lines of the caption. */
const tuples: EntryLayout = {
  name: 'tuples',
  order: [tupleKey],
  fits: hasKeys(tupleKey),
  codec: {
    unit: 'item',
    read: (value) => {
      const parts = isJsonObject(value) ? value.get(tupleKey) : undefined;
      const [video, start, end, narration, ...more] = Array.isArray(parts) ? parts : [];
      const texts = Array.isArray(narration) ? narration : [narration];
      if (typeof video !== 'string' || !texts.every((each) => typeof each === 'string')) {
        throw new EntryMismatch(phrase`tuples (video, start, end, narration)`);
      }
      const split = Array.isArray(narration) && narration.length > 0 && texts.every((text) => !text.includes('\n'));
      const hint = jsonObject({ list: split ? true : undefined, more: more.length > 0 ? more : undefined });
      // Documents know no −0.
      const item = { start: finiteOf(start, '"start"') + 0, end: finiteOf(end, '"end"') + 0, caption: texts.join('\n') };
      return { clip: { name: video, kind: 'id' }, item: { list: 'segments', item }, ...(hint.size > 0 && { hint }) };
    },
    write: ({ clip, item, hint, newId }) => {
      const narration = narrationOf(item);
      if (item.list !== 'segments' || clip === undefined || (newId !== undefined && narration === undefined)) {
        return undefined;
      }
      const told = isJsonObject(hint) ? hint : undefined;
      const more = told?.get('more');
      const text = narration ?? '';
      const parts = [clipName(clip, 'id'), floatJson(item.item.start), floatJson(item.item.end), told?.has('list') ? text.split('\n') : text, ...(Array.isArray(more) ? more : [])];
      return jsonObject({ [tupleKey]: parts });
    },
  },
};

/** EgoMCQ: which of several clips a text is about. About no clip alone, so it is a question without one. */
const choices: EntryLayout = {
  name: 'egomcq',
  order: ['answer', 'query', 'choices', 'types', 'video_uid', 'clip_start', 'clip_end', 'clip_text'],
  fits: (entry) => Array.isArray(entry) && hasKeys('query', 'choices')(entry[1] ?? null),
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(Array.isArray(value) ? value[1] : undefined, phrase`each item`);
      const options = [...objectOf(entry.get('choices'), '"choices"').values()].map((choice) => textOf(objectOf(choice, '"choices"').get('clip_text'), '"clip_text"'));
      const correct = jsonNumber(entry.get('answer'));
      const known = correct !== undefined && Number.isInteger(correct) && correct >= 0 && correct < options.length;
      const item = { question: textOf(objectOf(entry.get('query'), '"query"').get('clip_text'), '"clip_text"'), options, ...(known && { correct }) };
      return { item: { list: 'questions', item } };
    },
    write: ({ item, position }) => {
      if (item.list !== 'questions' || !item.item.options) {
        return undefined;
      }
      const { question, options, correct } = item.item;
      const clips = new Map(options.map((text, i): [string, Json] => [String(i), jsonObject({ clip_text: text })]));
      return [String(position), jsonObject({ answer: correct, query: jsonObject({ clip_text: question }), choices: clips })];
    },
  },
};

/** LaViLa's narrations: pickles, and lines or tables instead of them; EgoMCQ. */
export const lavilaFormat = entryFormat({
  name: 'lavila',
  extensions: ['.jsonl', '.csv', '.pkl', '.json'],
  unit: 'item',
  container: eitherContainer([
    { name: 'lines', container: jsonContainer({ usual: 'values' }), fits: (head) => looksLikeJson(head) && !isEgoMcq(head) },
    { name: 'pickle', container: pickleContainer, fits: (head) => head[0] === 0x80 || /^(?:\(l|\])/.test(head.toString('latin1', 0, 2)) },
    { name: 'json', container: jsonContainer({ usual: 'members' }), fits: isEgoMcq },
    { name: 'csv', container: csvContainer(columns), fits: () => true },
  ]),
  layouts: [lines, cells, tuples, choices, epicKitchensLayout, charadesEgoLayout],
  keeps: {
    segments: ['caption', 'label'],
    questions: ['options', 'correct'],
    unedited: 'equal JSON, equal cells, pickles that load to equal values',
    note: 'New files are JSON Lines. Pickles are read without running anything in them and come out in protocol 0; several narrations of a time are lines of one caption. Questions only in EgoMCQ files. Tables of EPIC-KITCHENS-100 and CharadesEgo are read, too; the latter has labels alone.',
  },
});

/** An object whose keys are numbers. */
function isEgoMcq(head: Buffer): boolean {
  return /^\{\s*"\d+"/.test(head.toString('latin1', 0, 200));
}
