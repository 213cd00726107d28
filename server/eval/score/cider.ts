import { tokenizeCaption } from '../text/tokenizeCaption.js';

const longest = 4;
const sigma = 6;

/** A caption, and what people have written for the same. */
export interface CaptionPair {
  hypothesis: string;
  references: readonly string[];
}

interface Vector {
  /** For each length, the weights of its n-grams. */
  weights: Map<string, number>[];
  norms: number[];
  /** Number of its pairs of words, as coco-caption counts length. */
  length: number;
}

/**
 * CIDEr-D of captions, ×10, as coco-caption computes it under the name of CIDEr: n-grams of 1 to 4 words weighted by how
 * rare they are among the references of these very pairs, clipped, with a penalty for another length (σ = 6).
 *
 * @returns of each pair; 0 for all where there is one pair only, since nothing is rare then
 */
export function ciderD(pairs: readonly CaptionPair[]): number[] {
  const references = pairs.map((pair) => pair.references.map((text) => countsOf(tokenizeCaption(text))));
  const documents = new Map<string, number>();
  for (const texts of references) {
    for (const gram of new Set(texts.flatMap((counts) => [...counts.keys()]))) {
      documents.set(gram, (documents.get(gram) ?? 0) + 1);
    }
  }
  const total = Math.log(pairs.length);
  const vectorOf = (counts: Map<string, number>): Vector => {
    const weights = Array.from({ length: longest }, () => new Map<string, number>());
    let length = 0;
    for (const [gram, count] of counts) {
      const size = gram.split(' ').length;
      weights[size - 1]?.set(gram, count * (total - Math.log(Math.max(1, documents.get(gram) ?? 0))));
      length += size === 2 ? count : 0;
    }
    return { weights, length, norms: weights.map((each) => Math.sqrt([...each.values()].reduce((sum, value) => sum + value ** 2, 0))) };
  };
  return pairs.map(({ hypothesis }, i) => {
    const said = vectorOf(countsOf(tokenizeCaption(hypothesis)));
    const each = (references[i] ?? []).map((counts) => similarity(said, vectorOf(counts)));
    return each.length === 0 ? 0 : (10 * each.reduce((sum, value) => sum + value, 0)) / each.length;
  });
}

function similarity(said: Vector, meant: Vector): number {
  const penalty = Math.exp(-((said.length - meant.length) ** 2) / (2 * sigma ** 2));
  const parts = said.weights.map((weights, n) => {
    const other = meant.weights[n];
    const norms = (said.norms[n] ?? 0) * (meant.norms[n] ?? 0);
    if (!other || norms === 0) {
      return 0;
    }
    let product = 0;
    for (const [gram, weight] of weights) {
      const wanted = other.get(gram) ?? 0;
      product += Math.min(weight, wanted) * wanted;
    }
    return (product / norms) * penalty;
  });
  return parts.reduce((sum, value) => sum + value, 0) / longest;
}

/** How often each n-gram stands in a text. */
function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let size = 1; size <= longest; size++) {
    for (let at = 0; at + size <= words.length; at++) {
      const gram = words.slice(at, at + size).join(' ');
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  }
  return counts;
}
