import { findAnswerTimes } from '../protocol/index.js';
import type { ToldEvent } from './describeEvent.js';

/** Whether two words mean the same to who asks; by default, whether they are spelt alike. */
export type SameMeaning = (asked: string, name: string) => boolean;

/** Beginnings of words that ask for a kind of event. */
const asking: Record<ToldEvent['kind'], RegExp> = {
  object: /^(?:object|thing|item|appear|see|visible)/,
  text: /^(?:text|sign|say|said|read|writ|word|caption|title|letter|display|screen)/,
  speech: /^(?:speech|speak|spok|talk|say|said|hear|voice|word|convers|dialog|tell|told|subtitle)/,
  action: /^(?:people|person|man|men|woman|women|action|doing|pose|stand|sit|arm|rais)/,
  face: /^(?:face|people|person|who)/,
  picture: /^(?:move|moving|motion|movement|still|dark|bright|light|camera|happen)/,
  shot: /^(?:shot|scene|cut|chapter|part)/,
};
const peopleWords = new Set(['people', 'man', 'men', 'woman', 'women', 'someone', 'somebody', 'anyone', 'anybody', 'who', 'child', 'children']);

/** How much an event has to do with a question: 0 nothing, more is more. The order in which events get their room. */
export function questionInterest(question: string, same: SameMeaning = spelledAlike): (told: ToldEvent) => number {
  const words = wordsOf(question.slice(0, 2_000));
  const kinds = new Set((Object.keys(asking) as ToldEvent['kind'][]).filter((kind) => words.some((word) => asking[kind].test(word))));
  const times = findAnswerTimes(question.slice(0, 2_000));
  const known = new Map<string, boolean>();
  const isNamed = ({ name, kind }: ToldEvent): boolean => {
    const key = `${kind} ${name}`;
    const found = known.get(key) ?? wordsOf(name).some((part) => words.some((word) => same(word, part) || (part === 'person' && peopleWords.has(word))));
    known.set(key, found);
    return found;
  };
  return (told) => {
    const { startSeconds, endSeconds } = told.times;
    const isThen = times.some((time) => time.startSeconds <= endSeconds && (time.endSeconds ?? time.startSeconds) >= startSeconds);
    return (isNamed(told) ? 4 : 0) + (kinds.has(told.kind) ? 2 : 0) + (isThen ? 3 : 0);
  };
}

/** Words too common to tell anything. */
const filler = new Set(['the', 'a', 'an', 'is', 'are', 'was', 'of', 'in', 'on', 'to', 'and', 'at', 'it', 'does', 'do', 'what', 'when', 'how', 'many', 'there', 'this', 'that']);

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !filler.has(word));
}

/** The same word, or its plural. */
function spelledAlike(asked: string, name: string): boolean {
  return asked === name || singular(asked) === singular(name);
}

function singular(word: string): string {
  return word.length > 3 ? word.replace(/(?<=[sxz]|ch|sh)es$|(?<!s)s$/, '').replace(/ie$/, 'y') : word;
}
