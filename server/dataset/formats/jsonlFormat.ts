import { type AnnotatedConversation, type AnnotatedQuestion, type AnnotatedTurn, phrase, type Provenance } from '../../protocol/index.js';
import { type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';

import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem } from './format.js';
import { jsonContainer } from './jsonContainer.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';
import { rowOfSegment, segmentColumns, segmentOfRow } from './segmentRow.js';

const order = [...segmentColumns.slice(0, 6), 'question', 'answer', 'options', 'correct', 'type', 'turns', 'role', 'text', ...segmentColumns.slice(6)];

const layout: EntryLayout = {
  name: 'rows',
  order,
  codec: {
    unit: 'item',
    read: (value) => {
      const row = objectOf(value, phrase`each line`);
      const video = row.get('video');
      return { clip: video === undefined ? undefined : { name: textOf(video, '"video"'), kind: 'path' }, item: itemOf(row) };
    },
    write: ({ clip, item }) => {
      const row = rowOf(item);
      return clip === undefined ? row : new Map<string, Json>([['video', clip], ...row]);
    },
  },
};

/** Our own table, one object a line: segments (`start`, `end`), questions (`question`) and conversations (`turns`). */
export const jsonlFormat = entryFormat({
  name: 'jsonl',
  extensions: ['.jsonl'],
  unit: 'item',
  container: jsonContainer({ usual: 'values' }),
  layouts: [layout],
  keeps: {
    segments: ['track', 'label', 'caption', 'attributes', 'provenance'],
    questions: ['answer', 'options', 'correct', 'type', 'span', 'provenance'],
    conversations: ['system', 'spans', 'ratings', 'provenance'],
    provenance: ['author', 'status', 'confidence'],
    unedited: 'equal JSON',
  },
});

function itemOf(row: JsonObject): PieceItem {
  if (row.has('turns')) {
    const turns = listOf(row.get('turns'), '"turns"').map((each): AnnotatedTurn => {
      const turn = objectOf(each, phrase`each of "turns"`);
      const role = turn.get('role');
      const rating = turn.get('rating');
      return {
        role: role === 'system' || role === 'assistant' ? role : 'user',
        text: textOf(turn.get('text'), '"text"'),
        ...spanOf(turn),
        ...(rating === 'up' || rating === 'down' ? { rating } : {}),
      };
    });
    return { list: 'conversations', item: { turns, ...provenanceOf(row) } };
  }
  if (row.has('question')) {
    return { list: 'questions', item: questionOf(row) };
  }
  if (!row.has('start')) {
    throw new EntryMismatch(phrase`"start" and "end", "question" or "turns" in each line`);
  }
  return { list: 'segments', item: segmentOfRow(row) };
}

function questionOf(row: JsonObject): Omit<AnnotatedQuestion, 'id' | 'origin'> {
  const text = (key: string): Partial<Record<string, string>> => {
    const value = row.get(key);
    return typeof value === 'string' ? { [key]: value } : {};
  };
  const options = row.get('options');
  const correct = jsonNumber(row.get('correct'));
  return {
    question: textOf(row.get('question'), '"question"'),
    ...text('answer'),
    ...(Array.isArray(options) && options.every((each) => typeof each === 'string') ? { options } : {}),
    ...(correct !== undefined && Number.isSafeInteger(correct) && correct >= 0 ? { correct } : {}),
    ...text('type'),
    ...spanOf(row),
    ...provenanceOf(row),
  };
}

function spanOf(row: JsonObject): { span?: { start: number; end: number } } {
  const start = jsonNumber(row.get('start'));
  const end = jsonNumber(row.get('end'));
  return start !== undefined && end !== undefined && Number.isFinite(start) && Number.isFinite(end) ? { span: { start, end } } : {};
}

function provenanceOf(row: JsonObject): { provenance?: Provenance } {
  const { provenance } = segmentOfRow(new Map<string, Json>([...row, ['start', 0], ['end', 0]]));
  return provenance ? { provenance } : {};
}

function rowOf({ list, item }: PieceItem): JsonObject {
  if (list === 'segments') {
    return rowOfSegment(item);
  }
  const common = rowOfSegment({ start: 0, end: 0, provenance: item.provenance });
  common.delete('start');
  common.delete('end');
  const own = list === 'questions' ? questionRow(item) : jsonObject({ turns: item.turns.map(turnRow) });
  return new Map([...own, ...common]);
}

function questionRow({ question, answer, options, correct, type, span }: Omit<AnnotatedQuestion, 'id'>): JsonObject {
  return jsonObject({ start: span?.start, end: span?.end, question, answer, options, correct, type });
}

function turnRow({ role, text, span, rating }: AnnotatedConversation['turns'][number]): Json {
  return jsonObject({ start: span?.start, end: span?.end, role, text, rating });
}
