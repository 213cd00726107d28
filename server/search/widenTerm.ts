import type { SearchWidening } from '../protocol/index.js';
import type { QueryTerm } from './parseQuery.js';
import type { WordNet } from './wordNet.js';

/** What may stand in a text for a term. */
export interface Alternative {
  words: readonly string[];
  /** 1 for the term itself, less for what is further from it. */
  weight: number;
  /** Left out for the term itself. */
  how?: SearchWidening['how'];
}

/** The nearest are taken; what follows is hardly meant. */
const mostAlternatives = 300;
const formWeight = 0.95;
const synonymWeight = 0.8;
/** Each step further from the word counts for less. */
const kindWeight = (distance: number): number => 0.7 * 0.94 ** (distance - 1);

/** Questions are asked again, with one word more: what is a kind of theirs is worked out once. */
const mostRemembered = 64;
const remembered = new WeakMap<WordNet, Map<string, Form[]>>();

/** A form of another word that may stand for a noun. */
interface Form {
  text: string;
  weight: number;
  how: 'synonym' | 'kind';
}

/**
 * A term, its other forms, words that mean the same, and kinds of it, in this order.
 *
 * @param isKnown whether a word stands in any text: others need not be looked for
 */
export function widenTerm({ words, isExact }: QueryTerm, wordNet: WordNet, isKnown: (word: string) => boolean): Alternative[] {
  const { forms } = wordNet;
  const found = new Map<string, Alternative>([[words.join(' '), { words, weight: 1 }]]);
  const add = (text: string, weight: number, how: SearchWidening['how']): void => {
    const isOne = !text.includes(' ') && !text.includes('-');
    if (isOne ? isKnown(text) : text.split(/[ -]/).every(isKnown)) {
      const each = text.split(/[ -]/);
      const key = each.join(' ');
      found.set(key, found.get(key) ?? { words: each, weight, how });
    }
  };
  if (isExact) {
    return [...found.values()];
  }
  const text = words.join(' ');
  const nouns = words.length === 1 ? forms.nounsOf(text) : [text, ...forms.nounsOf(words.at(-1) ?? '').map((last) => [...words.slice(0, -1), last].join(' '))];
  for (const form of words.length === 1 ? forms.formsOf(text) : nouns.flatMap((noun) => forms.pluralsOf(noun))) {
    add(form, formWeight, 'form');
  }
  for (const noun of nouns) {
    for (const form of otherWords(noun, wordNet)) {
      if (found.size >= mostAlternatives) {
        break;
      }
      add(form.text, form.weight, form.how);
    }
  }
  return [...found.values()];
}

/** Synonyms and kinds of a noun in all their forms, the nearest first; of animals there are thousands. */
function otherWords(noun: string, wordNet: WordNet): Form[] {
  const known = remembered.get(wordNet) ?? new Map<string, Form[]>();
  remembered.set(wordNet, known);
  const before = known.get(noun);
  if (before) {
    return before;
  }
  const made = wordNet.hypernyms.kindsOf(noun).flatMap(({ word, distance }): Form[] => {
    const [weight, how] = distance < 1 ? ([synonymWeight, 'synonym'] as const) : ([kindWeight(distance), 'kind'] as const);
    return wordNet.forms.pluralsOf(word).map((text) => ({ text, weight, how }));
  });
  const [oldest] = known.keys();
  if (known.size >= mostRemembered && oldest !== undefined) {
    known.delete(oldest);
  }
  known.set(noun, made);
  return made;
}
