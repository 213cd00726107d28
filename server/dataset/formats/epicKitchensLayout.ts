import { phrase } from '../../protocol/index.js';
import { type Json, type JsonObject, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { hasKeys } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { objectOf, textOf } from './readJsonFields.js';

const columns = [
  'narration_id', 'participant_id', 'video_id', 'narration_timestamp', 'start_timestamp', 'stop_timestamp', 'start_frame', 'stop_frame',
  'narration', 'verb', 'verb_class', 'noun', 'noun_class', 'all_nouns', 'all_noun_classes',
];

/** EPIC-KITCHENS-100's table, which LaViLa reads: a row for each action; clips are in folders of their participants. */
export const epicKitchensLayout: EntryLayout = {
  name: 'epic-kitchens',
  order: columns,
  fits: hasKeys('video_id', 'start_timestamp', 'stop_timestamp'),
  codec: {
    unit: 'item',
    read: (value) => {
      const row = objectOf(value, phrase`each row`);
      const item = { start: secondsOf(row, 'start_timestamp'), end: secondsOf(row, 'stop_timestamp'), caption: textOf(row.get('narration') ?? '', '"narration"') };
      const video = textOf(row.get('video_id'), '"video_id"');
      const participant = row.get('participant_id');
      return { clip: { name: typeof participant === 'string' ? `${participant}/${video}` : video, kind: 'id' }, item: { list: 'segments', item } };
    },
    write: ({ clip, item: { list, item }, newId }) => {
      const narration = list === 'segments' ? (item.caption ?? item.label) : undefined;
      if (list !== 'segments' || clip === undefined || (newId !== undefined && narration === undefined)) {
        return undefined;
      }
      const [video = '', participant] = clipName(clip, 'id').split('/').reverse();
      const members: Record<string, Json | undefined> = { narration_id: newId, participant_id: participant, video_id: video, start_timestamp: timestamp(item.start), stop_timestamp: timestamp(item.end) };
      return jsonObject({ ...members, narration: narration === '' ? undefined : narration });
    },
  },
};

/** `HH:MM:SS.ss`. */
function secondsOf(row: JsonObject, key: string): number {
  const [, hours, minutes, seconds] = /^(\d{1,4}):([0-5]?\d):([0-5]?\d(?:\.\d*)?)$/.exec(textOf(row.get(key), `"${key}"`)) ?? [];
  if (seconds === undefined) {
    throw new EntryMismatch(phrase`"${key}" to be a time like ${'00:01:02.50'}`);
  }
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function timestamp(seconds: number): string {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(hundredths / 360_000, 2)}:${part((hundredths / 6000) % 60, 2)}:${part((hundredths / 100) % 60, 2)}.${part(hundredths % 100, 2)}`;
}
