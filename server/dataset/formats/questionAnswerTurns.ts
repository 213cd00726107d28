import { type AnnotatedTurn, phrase } from '../../protocol/index.js';
import { type Json, jsonObject } from '../json/json.js';
import type { PieceItem } from './format.js';
import { objectOf } from './readJsonFields.js';

/** Turns of a list of `{i?, q, a}`. Empty texts are no turns; `i` is an instruction. */
export function readTurnsOfQa(pairs: readonly Json[]): AnnotatedTurn[] {
  return pairs.flatMap((each) => {
    const pair = objectOf(each, phrase`each of "QA"`);
    return ([['i', 'system'], ['q', 'user'], ['a', 'assistant']] as const).flatMap(([key, role]) => {
      const text = pair.get(key);
      return typeof text === 'string' && text !== '' ? [{ role, text }] : [];
    });
  });
}

/** The way back. @param instructions write `i` also where it is empty */
export function turnsToQa(turns: readonly AnnotatedTurn[], instructions: boolean): Json[] {
  return pairsOf(turns).map(({ system, user = '', assistant = '' }) =>
    jsonObject({ i: system ?? (instructions ? '' : undefined), q: user, a: assistant }),
  );
}

export type TurnPair = Partial<Record<AnnotatedTurn['role'], string>>;

/** Turns as question and answer, each with the instruction before it. */
export function pairsOf(turns: readonly AnnotatedTurn[]): TurnPair[] {
  const pairs: TurnPair[] = [];
  for (const { role, text } of turns) {
    const last = pairs.at(-1);
    const fits = last && last.assistant === undefined && (role === 'assistant' || (role === 'user' && last.user === undefined));
    if (fits) {
      last[role] = text;
    } else {
      pairs.push({ [role]: text });
    }
  }
  return pairs;
}

/** The turns of a conversation, or of a question that is answered. */
export function turnsOf({ list, item }: PieceItem): AnnotatedTurn[] | undefined {
  if (list === 'conversations') {
    return item.turns;
  }
  return list === 'questions' && item.answer !== undefined
    ? [
        { role: 'user', text: item.question },
        { role: 'assistant', text: item.answer },
      ]
    : undefined;
}
