import { sharedWordNet, type WordNet } from '../../search/wordNet.js';

/** Whether two words, in lower case, may mean the same. */
export type AreSynonyms = (a: string, b: string) => boolean;

export const noSynonyms: AreSynonyms = () => false;

/** Nouns that share one of their meanings in WordNet, in the singular or not. Words that it does not have mean only themselves. */
export function wordNetSynonyms({ hypernyms, forms }: WordNet): AreSynonyms {
  const known = new Map<string, ReadonlySet<number>>();
  const meaningsOf = (word: string): ReadonlySet<number> => {
    const meanings = known.get(word) ?? new Set(forms.nounsOf(word).flatMap((noun) => hypernyms.linesOf(noun)));
    known.set(word, meanings);
    return meanings;
  };
  return (a, b) => {
    const others = meaningsOf(b);
    return [...meaningsOf(a)].some((meaning) => others.has(meaning));
  };
}

/** Those of the table that comes with the program; undefined where it is not there. */
export function findSynonyms(): AreSynonyms | undefined {
  try {
    return wordNetSynonyms(sharedWordNet());
  } catch {
    return undefined;
  }
}
