import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonObject } from '../json/json.js';
import { writeJson } from '../json/writeJson.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { lineContainer } from './lineContainer.js';
import { objectOf, textOf } from './readJsonFields.js';

const pattern = /^(\S+)(\s+)([^\s#]+)(\s+)([^\s#]+)(\s*##)(.*)$/su;
const usualGaps = [' ', ' ', '##'];
const shape = phrase`a line "VIDEO START END##SENTENCE"`;

/** A line in its parts; gaps only where they are unusual. What is no such line stays a text. */
function split(line: string): Json {
  const found = pattern.exec(line);
  if (!found) {
    return line;
  }
  const [, video = '', first = '', start = '', second = '', end = '', third = '', sentence = ''] = found;
  const gaps = [first, second, third];
  return jsonObject({ video, start, end, sentence, gaps: gaps.join() === usualGaps.join() ? undefined : gaps });
}

function join(entry: Json): string {
  if (!isJsonObject(entry)) {
    return typeof entry === 'string' ? entry : writeJson(entry);
  }
  const part = (key: string): string => textOf(entry.get(key), key);
  const gaps = entry.get('gaps');
  const [first, second, third] = (Array.isArray(gaps) ? gaps : usualGaps).map(String);
  return `${part('video')}${first}${part('start')}${second}${part('end')}${third}${part('sentence')}`;
}

function secondsOf(value: Json | undefined): number {
  const text = textOf(value, shape);
  const found = Number(text);
  if (Number.isNaN(found) && !/^nan$/i.test(text)) {
    throw new EntryMismatch(shape);
  }
  return Number.isFinite(found) ? found : 0;
}

/** As Python prints floats: `5.0`. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

const layout: EntryLayout = {
  name: 'lines',
  order: ['video', 'start', 'end', 'sentence', 'gaps'],
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, shape);
      const item = { start: secondsOf(entry.get('start')), end: secondsOf(entry.get('end')), caption: textOf(entry.get('sentence'), shape) };
      return { clip: { name: textOf(entry.get('video'), shape), kind: 'id' }, item: { list: 'segments', item } };
    },
    write: ({ clip, item: { list, item }, newId, lost }) => {
      if (list !== 'segments' || clip === undefined) {
        return undefined;
      }
      const sentence = (item.caption ?? item.label)?.replace(newId === undefined ? /\n/g : /\s+/g, ' ');
      if (item.label !== undefined && item.caption !== undefined) {
        lost?.('labels beside a caption');
      }
      const video = clipName(clip, 'id');
      return sentence === undefined ? undefined : jsonObject({ video, start: pythonFloat(item.start), end: pythonFloat(item.end), sentence });
    },
  },
};

/** Charades-STA's text files. */
export const charadesStaFormat = entryFormat({
  name: 'charades-sta',
  extensions: ['.txt'],
  unit: 'item',
  container: lineContainer(split, join),
  layouts: [layout],
  keeps: {
    segments: ['caption', 'label'],
    unedited: 'equal lines',
    note: 'A label is written where there is no caption; empty lines are left out.',
  },
});
