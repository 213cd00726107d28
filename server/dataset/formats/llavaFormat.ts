import { phrase } from '../../protocol/index.js';
import { type Json, type JsonObject, jsonObject } from '../json/json.js';
import { isPicture } from './clipName.js';
import type { EntryLayout, NamedClip } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { readLlavaTurns, type TagPlace, writeLlavaTurns } from './llavaTurns.js';
import { turnsOf } from './questionAnswerTurns.js';
import { listOf, objectOf } from './readJsonFields.js';

/** @param lists media are lists of paths, as VideoLLaMA 3 has them */
function layout(lists: boolean): EntryLayout {
  return {
    name: lists ? 'lists' : 'strings',
    order: ['id', 'video', 'image', 'conversations', 'from', 'value'],
    fits: (value) => value instanceof Map && Array.isArray(value.get('video') ?? value.get('image')) === lists,
    codec: {
      unit: 'item',
      read: (value) => {
        const entry = objectOf(value, phrase`each item`);
        const clip = mediaOf(entry);
        const { turns, hint } = readLlavaTurns(listOf(entry.get('conversations'), '"conversations"'), usualTags(clip?.name));
        return { clip, item: { list: 'conversations', item: { turns } }, hint };
      },
      write: ({ clip, item, hint, newId }) => {
        const turns = turnsOf(item);
        const media = clip === undefined || !lists ? clip : [clip];
        return (
          turns &&
          jsonObject({
            id: newId,
            ...(media === undefined ? {} : { [isPicture(clip ?? '') ? 'image' : 'video']: media }),
            conversations: writeLlavaTurns(turns, usualTags(clip), hint),
          })
        );
      },
    },
  };
}

/** LLaVA's and Video-LLaVA's conversations. */
export const llavaFormat = entryFormat({
  name: 'llava',
  extensions: ['.json', '.jsonl'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [layout(false), layout(true)],
  keeps: {
    questions: ['answer'],
    conversations: ['system'],
    unedited: 'equal JSON',
    note: 'The clip is the first video, else the first picture; tags are no part of the text.',
  },
});

/** The first video, else the first picture; none for plain dialogue. */
function mediaOf(entry: JsonObject): NamedClip | undefined {
  const first = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : value);
  const name = first(entry.get('video')) ?? first(entry.get('image'));
  return typeof name === 'string' ? { name, kind: 'path' } : undefined;
}

function usualTags(clip: string | undefined): TagPlace {
  return clip === undefined ? ['', ''] : [isPicture(clip) ? '<image>\n' : '<video>\n', ''];
}
