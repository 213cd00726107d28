import { type AnnotatedTurn, phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { EntryLayout, EntryParts } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { readLlavaTurns, type TagPlace, writeLlavaTurns } from './llavaTurns.js';
import { turnsOf } from './questionAnswerTurns.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';
import { vtimellmLog } from './vtimellmLog.js';
import { indistinctPairs, namesOf, timesToTokens, tokensToTimes } from './vtimellmTokens.js';

const usualTags: TagPlace = ['<video>\n', ''];
/** The tokens could not be told from other times of the text: they stand in it as they are. */
const literal = 'literal';

const layout: EntryLayout = {
  name: 'conversations',
  fits: hasKeys('conversations'),
  order: ['source', 'id', 'conversations', 'from', 'value', 'meta', 'split', 'duration', 'token'],
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      const name = textOf(entry.get('id'), '"id"');
      const { turns, hint = new Map<string, Json>() } = readLlavaTurns(listOf(entry.get('conversations'), '"conversations"'), usualTags);
      const meta = entry.get('meta');
      const values = isJsonObject(meta) ? meta.get('token') : undefined;
      const timed = tokensToTimes(turns, isJsonObject(values) ? values : new Map<string, Json>());
      if (!timed) {
        hint.set('tokens', literal);
      } else if (timed.names) {
        hint.set('tokens', timed.names);
      }
      const item = { turns: timed?.turns ?? turns };
      return { clip: { name, kind: 'id' }, item: { list: 'conversations', item }, hint: hint.size > 0 ? hint : undefined };
    },
    write: (parts) => {
      const turns = turnsOf(parts.item);
      return turns && parts.clip !== undefined ? write(parts, parts.clip, turns) : undefined;
    },
  },
};

function write({ hint, newId, media, lost }: EntryParts, clip: string, said: readonly AnnotatedTurn[]): Json {
  const isLiteral = isJsonObject(hint) && hint.get('tokens') === literal;
  const duration = media?.duration;
  // Without the length of the clip, a time means nothing to the model: it stays a part of the text.
  const timeless = isLiteral || (newId !== undefined && duration === undefined);
  const { turns, values } = timeless ? { turns: said, values: new Map<string, number>() } : timesToTokens(said, { names: namesOf(hint), people: newId !== undefined });
  for (let pairs = duration === undefined ? 0 : indistinctPairs(values, duration); pairs > 0; pairs--) {
    lost?.('times less than a hundredth of the clip apart');
  }
  const meta = values.size > 0 ? jsonObject({ duration, token: new Map<string, Json>(values) }) : undefined;
  return jsonObject({ id: clipName(clip, 'id'), conversations: writeLlavaTurns(turns, usualTags, hint), meta });
}

/** VTimeLLM's stages 2 and 3: conversations whose times are tokens. In documents, they are times. */
export const vtimellmFormat = entryFormat({
  name: 'vtimellm',
  extensions: ['.json', '.jsonl'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [layout, vtimellmLog],
  keeps: {
    segments: ['caption', 'label'],
    questions: ['answer'],
    conversations: ['system'],
    unedited: 'equal JSON',
    note: 'Times in the text become tokens where the length of the clip is known; the model sees hundredths of it. Segments only in a log of evaluation, which has no conversations.',
  },
});
