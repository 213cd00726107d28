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

/**
 * A term, its other forms, words that mean the same, and kinds of it, in this order.
 *
 * @param isKnown whether a word stands in any text: others need not be looked for
 */
export function widenTerm({ words, isExact }: QueryTerm, { hypernyms, forms }: WordNet, isKnown: (word: string) => boolean): Alternative[] {
  const found = new Map<string, Alternative>([[words.join(' '), { words, weight: 1 }]]);
  const add = (text: string, weight: number, how: SearchWidening['how']): void => {
    const isOne = !text.includes(' ') && !text.includes('-');
    // There are thousands of kinds of animals, of which hardly any stand in a text.
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
    for (const { word, distance } of hypernyms.kindsOf(noun)) {
      if (found.size >= mostAlternatives) {
        break;
      }
      const weight = distance < 1 ? synonymWeight : kindWeight(distance);
      forms.pluralsOf(word).forEach((each) => add(each, weight, distance < 1 ? 'synonym' : 'kind'));
    }
  }
  return [...found.values()];
}
