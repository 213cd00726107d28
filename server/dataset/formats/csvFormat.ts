import { phrase } from '../../protocol/index.js';
import { type Json, jsonNumber, type JsonObject } from '../json/json.js';
import { parseJson } from '../json/parseJson.js';
import { writeJson } from '../json/writeJson.js';
import { csvContainer } from './csvContainer.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { objectOf } from './readJsonFields.js';
import { rowOfSegment, segmentColumns, segmentOfRow } from './segmentRow.js';

const numeric = ['start', 'end', 'confidence'];

const layout: EntryLayout = {
  name: 'segments',
  order: segmentColumns,
  codec: {
    unit: 'item',
    read: (value) => {
      const row = objectOf(value, phrase`each row`);
      const video = row.get('video');
      if (typeof video !== 'string' || video === '') {
        throw new EntryMismatch(phrase`a column "video" with the clip`);
      }
      return { clip: { name: video, kind: 'path' }, item: { list: 'segments', item: segmentOfRow(typed(row)) } };
    },
    write: ({ clip, item }) => {
      if (item.list !== 'segments' || clip === undefined) {
        return undefined;
      }
      const row = rowOfSegment(item.item);
      return new Map<string, Json>([['video', clip], ...[...row].map(([name, value]): [string, Json] => [name, cellOf(value)])]);
    },
  },
};

/** Our own table of segments; other columns are kept. */
export const csvFormat = entryFormat({
  name: 'csv',
  extensions: ['.csv', '.tsv'],
  unit: 'item',
  container: csvContainer(segmentColumns),
  layouts: [layout],
  keeps: {
    segments: ['track', 'label', 'caption', 'attributes', 'provenance'],
    provenance: ['author', 'status', 'confidence'],
    unedited: 'equal cells',
    note: 'Attributes are JSON in one cell.',
  },
});

function typed(row: JsonObject): JsonObject {
  return new Map(
    [...row].map(([key, value]): [string, Json] => {
      if (typeof value !== 'string' || value.trim() === '') {
        return [key, value];
      }
      if (numeric.includes(key)) {
        const number = /^nan$/i.test(value) ? 0 : Number(value);
        return [key, Number.isNaN(number) ? value : number];
      }
      return [key, key === 'attributes' ? attributesOf(value) : value];
    }),
  );
}

function attributesOf(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function cellOf(value: Json): string {
  return value === null ? '' : typeof value === 'string' ? value : String(jsonNumber(value) ?? writeJson(value));
}
