import { phrase } from '../../protocol/index.js';
import { type Json, type JsonObject, jsonObject } from '../json/json.js';
import { isPicture } from './clipName.js';
import type { EntryLayout, NamedClip } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';
import { readTurnsOfQa, turnsOf, turnsToQa } from './questionAnswerTurns.js';

/** The clip of an entry with `video` or `image`. */
export function videoOrImage(entry: JsonObject): NamedClip {
  return { name: textOf(entry.get('video') ?? entry.get('image'), '"video" or "image"'), kind: 'path' };
}

/** The member that names a clip. */
export function videoOrImageMember(clip: string | undefined): Record<string, Json | undefined> {
  return clip === undefined ? {} : { [isPicture(clip) ? 'image' : 'video']: clip };
}

const order = ['video', 'image', 'QA', 'q', 'a', 'caption'];

const instruct: EntryLayout = {
  name: 'instruct',
  order,
  fits: hasKeys('QA'),
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      const turns = readTurnsOfQa(listOf(entry.get('QA'), '"QA"'));
      return { clip: videoOrImage(entry), item: { list: 'conversations', item: { turns } } };
    },
    write: ({ clip, item }) => {
      const turns = turnsOf(item);
      return turns && clip !== undefined ? jsonObject({ ...videoOrImageMember(clip), QA: turnsToQa(turns, false) }) : undefined;
    },
  },
};

const captions: EntryLayout = {
  name: 'captions',
  order,
  fits: hasKeys('caption'),
  codec: {
    unit: 'clip',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      return { clip: videoOrImage(entry), elements: [], description: textOf(entry.get('caption'), '"caption"') };
    },
    writeElement: () => undefined,
    write: ({ clip, description }) =>
      description === undefined || clip === undefined ? undefined : jsonObject({ ...videoOrImageMember(clip), caption: description }),
  },
};

/** VideoChat's instruction data (`QA`) and its pre-training captions. */
export const videochatFormat = entryFormat({
  name: 'videochat',
  extensions: ['.json'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [instruct, captions],
  keeps: {
    questions: ['answer'],
    conversations: [],
    description: true,
    unedited: 'equal JSON',
    note: 'Descriptions only in a file of captions, conversations and questions only in one of instructions.',
  },
});
