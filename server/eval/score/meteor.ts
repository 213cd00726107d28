import { porterStem } from '../text/porterStem.js';
import { type AreSynonyms, noSynonyms } from '../text/synonyms.js';
import { tokenizeCaption } from '../text/tokenizeCaption.js';

/** Of METEOR as it was published first (2005), which NLTK computes too: recall counts nine times as much as precision. */
export const meteorParameters = { alpha: 0.9, beta: 3, gamma: 0.5 } as const;
/** Alignments that are followed at once, and places that are tried for one word: the next one, then the nearest. */
const beam = 40;
const mostPlaces = 8;
/** What a caption says after so many words is not compared. */
const mostWords = 200;

export interface Alignment {
  matches: number;
  /** Runs of matches that follow one another in both texts. */
  chunks: number;
}

interface Path extends Alignment {
  exact: number;
  /** Matches of the same words or stems. */
  stemmed: number;
  /** Words of the reference that are taken. */
  taken: ReadonlySet<number>;
  /** Place in the reference of the match of the word before; −2 where it has none. */
  last: number;
  distance: number;
}

/** In which a match is made: the same word, the same stem, the same meaning. */
type Stage = 0 | 1 | 2;

/**
 * Which words of two texts belong together: each to one at most, the same words first, then words of the same stem, then
 * words that mean the same (no paraphrases), as many as possible in as few chunks as possible. Where words repeat, the best
 * 40 ways are followed, and the 8 nearest places of a word tried.
 */
export function alignWords(hypothesis: readonly string[], reference: readonly string[], areSynonyms: AreSynonyms = noSynonyms): Alignment {
  const stems = reference.map(porterStem);
  let paths: Path[] = [{ matches: 0, chunks: 0, exact: 0, stemmed: 0, taken: new Set(), last: -2, distance: 0 }];
  const stageOf = (word: string, stem: string, place: number): Stage | undefined =>
    reference[place] === word ? 0 : stems[place] === stem ? 1 : areSynonyms(word, reference[place] ?? '') ? 2 : undefined;
  hypothesis.forEach((word, at) => {
    const stem = porterStem(word);
    const stages = reference.map((_, place) => stageOf(word, stem, place));
    const possible = [...stages.keys()].filter((place) => stages[place] !== undefined);
    const next = paths.flatMap((path): Path[] => {
      const worth = (place: number): number => (place === path.last + 1 ? -1 : Math.abs(place - at) + (stages[place] ?? 0) * reference.length);
      const free = possible.filter((place) => !path.taken.has(place)).sort((a, b) => worth(a) - worth(b));
      const ways = free.slice(0, mostPlaces).map((place): Path => ({
        matches: path.matches + 1,
        exact: path.exact + (stages[place] === 0 ? 1 : 0),
        stemmed: path.stemmed + (stages[place] === 2 ? 0 : 1),
        chunks: path.chunks + (place === path.last + 1 ? 0 : 1),
        taken: new Set(path.taken).add(place),
        last: place,
        distance: path.distance + Math.abs(place - at),
      }));
      return [...ways, { ...path, last: -2 }];
    });
    paths = next.sort(byWorth).slice(0, beam);
  });
  const [best] = paths;
  return { matches: best?.matches ?? 0, chunks: best?.chunks ?? 0 };
}

function byWorth(a: Path, b: Path): number {
  return b.exact - a.exact || b.stemmed - a.stemmed || b.matches - a.matches || a.chunks - b.chunks || a.distance - b.distance;
}

/** METEOR of a caption against one reference, 0…1. */
export function meteorOfWords(said: readonly string[], meant: readonly string[], areSynonyms?: AreSynonyms): number {
  const [hypothesis, reference] = [said.slice(0, mostWords), meant.slice(0, mostWords)];
  const { alpha, beta, gamma } = meteorParameters;
  const { matches, chunks } = alignWords(hypothesis, reference, areSynonyms);
  if (matches === 0) {
    return 0;
  }
  const precision = matches / hypothesis.length;
  const recall = matches / reference.length;
  const mean = (precision * recall) / (alpha * precision + (1 - alpha) * recall);
  return (1 - gamma * (chunks / matches) ** beta) * mean;
}

/** METEOR of a caption, by the reference that it fits best. */
export function meteor(hypothesis: string, references: readonly string[], areSynonyms?: AreSynonyms): number {
  const words = tokenizeCaption(hypothesis);
  return Math.max(0, ...references.map((reference) => meteorOfWords(words, tokenizeCaption(reference), areSynonyms)));
}
