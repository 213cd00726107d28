import type { AnnotatedTurn } from '../../protocol/index.js';
import { rintHalfEven } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonNumber } from '../json/json.js';

/** A time in a text as an import writes it. */
const written = /(?<![\w.:])(\d+(?:\.\d+)?)s(?![\w:])/g;
/** A time as people write it. */
const spoken = /(?<![\w.:])(?:(?<m>\d{1,4}):(?<s>[0-5]\d(?:\.\d+)?)|(?<n>\d+(?:\.\d+)?)\s?(?:s|secs?|seconds?))(?![\w:])/g;
const token = /<[se]\d+>/g;

/** What VTimeLLM reads in place of a time: hundredths of the clip in two digits, rounded as Python rounds. */
export function vtimellmHundredths(seconds: number, durationSeconds: number): string {
  return String(Math.min(rintHalfEven((seconds / durationSeconds) * 100), 99)).padStart(2, '0');
}

/**
 * Turns with times (`12.3s`) in place of tokens (`<s0>`).
 * @returns undefined where that would not come out again as it went in; else the names of the tokens, in the order of
 * the text, unless they are the usual ones
 */
export function tokensToTimes(turns: readonly AnnotatedTurn[], values: JsonObject): { turns: AnnotatedTurn[]; names?: string[] } | undefined {
  const names: string[] = [];
  const replaced = turns.map((turn) => ({
    ...turn,
    text: turn.text.replace(token, (name) => {
      const seconds = jsonNumber(values.get(name));
      names.push(name);
      return seconds === undefined ? name : `${seconds}s`;
    }),
  }));
  const back = timesToTokens(replaced, { names });
  const same = back.turns.every(({ text }, i) => text === turns[i]?.text) && [...back.values].every(([name, value]) => values.get(name) === value);
  if (!same) {
    return undefined;
  }
  return { turns: replaced, ...(names.some((name, i) => name !== usualName(i)) ? { names } : {}) };
}

/**
 * The way back. Tokens keep their names as long as there are as many times as before.
 * @param people also take times as people write them
 */
export function timesToTokens(
  turns: readonly AnnotatedTurn[],
  { names, people }: { names?: readonly string[]; people?: boolean },
): { turns: AnnotatedTurn[]; values: Map<string, number> } {
  const pattern = people ? spoken : written;
  const times = turns.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => secondsOf(match)));
  const named = names?.length === times.length && isConsistent(names, times);
  const values = new Map<string, number>();
  let count = 0;
  const result = turns.map((turn) => ({
    ...turn,
    text: turn.text.replace(pattern, () => {
      const name = (named ? names[count] : undefined) ?? usualName(count);
      values.set(name, times[count] ?? 0);
      count++;
      return name;
    }),
  }));
  return { turns: result, values };
}

/** Pairs of tokens whose start and end read the same: the model cannot tell them apart. */
export function indistinctPairs(values: ReadonlyMap<string, number>, durationSeconds: number): number {
  return [...values].filter(([name, start]) => {
    const end = values.get(name.replace('<s', '<e'));
    return name.startsWith('<s') && end !== undefined && vtimellmHundredths(start, durationSeconds) === vtimellmHundredths(end, durationSeconds);
  }).length;
}

export function namesOf(hint: Json | undefined): string[] | undefined {
  const names = isJsonObject(hint) ? hint.get('tokens') : undefined;
  return Array.isArray(names) ? names.map((name) => (typeof name === 'string' ? name : '')) : undefined;
}

function usualName(i: number): string {
  return `<${i % 2 === 0 ? 's' : 'e'}${Math.floor(i / 2)}>`;
}

function isConsistent(names: readonly string[], times: readonly number[]): boolean {
  return names.every((name, i) => times[names.indexOf(name)] === times[i]);
}

function secondsOf(match: RegExpMatchArray): number {
  const { m, s, n } = match.groups ?? {};
  return s === undefined ? Number(n ?? match[1]) : Number(m) * 60 + Number(s);
}
