import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { hasKeys } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { objectOf, textOf } from './readJsonFields.js';

const columns = ['id', 'subject', 'scene', 'quality', 'relevance', 'verified', 'script', 'objects', 'descriptions', 'actions', 'length', 'egocentric', 'charades_video'];

/** CharadesEgo's table, which LaViLa reads: a row for each clip, its actions (`c001 0.0 5.2`) in one cell. */
export const charadesEgoLayout: EntryLayout = {
  name: 'charades-ego',
  order: columns,
  fits: hasKeys('id', 'script', 'length'),
  codec: {
    unit: 'clip',
    read: (value) => {
      const row = objectOf(value, phrase`each row`);
      const actions = textOf(row.get('actions') ?? '', '"actions"').split(';').filter((each) => each.trim() !== '');
      const elements = actions.map((action) => {
        const [, label, start, end] = /^\s*(\S{1,100})\s+(\d+(?:\.\d*)?)\s+(\d+(?:\.\d*)?)\s*$/.exec(action) ?? [];
        if (label === undefined) {
          throw new EntryMismatch(phrase`actions like ${'c001 0.0 5.2;c020 3.1 9.0'}`);
        }
        const item = { start: Number(start), end: Number(end), label };
        return { item: { list: 'segments' as const, item }, value: jsonObject(item) };
      });
      return { clip: { name: textOf(row.get('id'), '"id"'), kind: 'id' }, elements };
    },
    writeElement: ({ list, item }, isNew) =>
      list !== 'segments' || (isNew && item.label === undefined) ? undefined : jsonObject({ start: item.start, end: item.end, label: item.label?.replace(/[\s;]+/g, '_') ?? 'c' }),
    write: ({ clip, elements, media }) => {
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const actions = elements.map(action).join(';');
      return jsonObject({ id: clipName(clip, 'id'), actions: actions === '' ? undefined : actions, length: media?.duration === undefined ? undefined : decimal(media.duration) });
    },
  },
};

function action(element: Json): string {
  const members = isJsonObject(element) ? element : new Map<string, Json>();
  const label = members.get('label');
  const [start, end] = ['start', 'end'].map((key) => decimal(jsonNumber(members.get(key)) ?? 0));
  return `${typeof label === 'string' ? label : ''} ${start} ${end}`;
}

/** As Python prints floats, without exponents. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : value.toFixed(6).replace(/0+$/, '');
}
