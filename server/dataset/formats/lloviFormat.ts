import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonObject } from '../json/json.js';
import { choicesOf, correctOf, optionMembers, readOptions } from './choiceQuestion.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { hasAny, isMember, memberOf } from './entryMember.js';
import { jsonContainer } from './jsonContainer.js';
import { lloviFrames, lloviSeconds } from './lloviCaptions.js';
import { objectOf, textOf } from './readJsonFields.js';

const letters = ['A', 'B', 'C', 'D', 'E'].map((letter) => `option${letter}`);
const spaced = letters.map((_, i) => `option ${i}`);

/** Questions with the narration that a language model reads, and results with its answers. */
const items: EntryLayout = {
  name: 'items',
  order: ['uid', 'quid', 'q_type', 'narration', 'question', ...letters, ...spaced, 'truth', 'duration', 'pred', 'prompt_template', 'response'],
  fits: isMember(hasAny('question')),
  codec: {
    unit: 'item',
    read: (value) => {
      const { key, value: members } = memberOf(value);
      const entry = objectOf(members, phrase`each item`);
      const names = entry.has(spaced[0] ?? '') ? spaced : letters;
      const options = readOptions(entry, names);
      const item = { question: textOf(entry.get('question'), '"question"'), ...(options && { options }), ...correctOf(entry.get('truth'), options) };
      const uid = entry.get('uid');
      const name = typeof uid === 'string' ? uid : key;
      return {
        clip: { name, kind: 'id' },
        item: { list: 'questions', item },
        ...(name === key && names === letters ? {} : { hint: jsonObject({ key: name === key ? undefined : key, spaced: names === spaced ? true : undefined }) }),
      };
    },
    write: ({ clip, item, hint, newId, lost }) => {
      const found = choicesOf(item);
      if (!found || clip === undefined) {
        return undefined;
      }
      if (found.options && found.options.length > letters.length) {
        lost?.('options after the fifth');
      }
      const uid = clipName(clip, 'id');
      const told = isJsonObject(hint) ? hint : undefined;
      const key = told?.get('key');
      const names = told?.has('spaced') ? spaced : letters;
      const entry = jsonObject({ uid, question: found.question, ...optionMembers(found.options, names), truth: found.correct ?? -1 });
      return [typeof key === 'string' ? key : newId === undefined ? uid : `${uid}_${newId}`, entry];
    },
  },
};

/** LLoVi's captions, by second or by frame, and its questions and results. */
export const lloviFormat = entryFormat({
  name: 'llovi',
  extensions: ['.json'],
  unit: 'clip',
  container: jsonContainer({ usual: 'members', inside: { key: 'data', isEntry: (value: Json) => Array.isArray(value) || isJsonObject(value) } }),
  layouts: [lloviSeconds, lloviFrames, items],
  keeps: {
    segments: ['caption', 'label'],
    questions: ['options', 'correct'],
    unedited: 'equal JSON',
    note: 'Captions stand for whole seconds, or for frames where the rate is known; captions and questions are different files, and narrations are kept, but not used.',
  },
});
