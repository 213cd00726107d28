import { type AnnotatedTurn, phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { objectOf, textOf } from './readJsonFields.js';

/** Tags before and behind the text of a turn, with their line breaks. */
export type TagPlace = readonly [before: string, behind: string];

const none: TagPlace = ['', ''];
const before = /^(?:\s*<(?:video|image)>\s*)+/;
const behind = /(?:\s*<(?:video|image)>\s*)+$/;

const roles: Record<string, AnnotatedTurn['role'] | undefined> = {
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
  system: 'system',
};
const names = { user: 'human', assistant: 'gpt', system: 'system' } as const;

/**
 * Turns without their media tags.
 * @param usual where the first turn of the person has its tags as a rule
 * @returns a hint where tags stand elsewhere
 */
export function readLlavaTurns(conversations: readonly Json[], usual: TagPlace): { turns: AnnotatedTurn[]; hint?: JsonObject } {
  const places: JsonObject = new Map();
  let firstUser = true;
  const turns = conversations.map((each, i): AnnotatedTurn => {
    const turn = objectOf(each, phrase`each of "conversations"`);
    const from = textOf(turn.get('from'), '"from"');
    const role = roles[from] ?? 'user';
    const { text, place } = cutTags(textOf(turn.get('value'), '"value"'));
    const expected = role === 'user' && firstUser ? usual : none;
    firstUser &&= role !== 'user';
    if (place.join('\0') !== expected.join('\0')) {
      places.set(String(i), [...place]);
    }
    return { role, text };
  });
  return { turns, ...(places.size > 0 ? { hint: jsonObject({ tags: places }) } : {}) };
}

/** The way back. */
export function writeLlavaTurns(turns: readonly AnnotatedTurn[], usual: TagPlace, hint: Json | undefined): Json[] {
  const places = isJsonObject(hint) ? hint.get('tags') : undefined;
  const firstUser = turns.findIndex(({ role }) => role === 'user');
  return turns.map(({ role, text }, i) => {
    const known = isJsonObject(places) ? places.get(String(i)) : undefined;
    const [front, back] = Array.isArray(known) ? known : i === firstUser ? usual : none;
    return jsonObject({ from: names[role], value: `${tag(front)}${text}${tag(back)}` });
  });
}

/** Tags at either end of a text; those in its middle stay there. */
export function cutTags(value: string): { text: string; place: TagPlace } {
  const front = before.exec(value)?.[0] ?? '';
  const rest = value.slice(front.length);
  const back = behind.exec(rest)?.[0] ?? '';
  return { text: rest.slice(0, rest.length - back.length), place: [front, back] };
}

function tag(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
