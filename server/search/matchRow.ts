import type { SearchMatch, SearchWidening } from '../protocol/index.js';
import type { CandidateRow, WidenedTerm } from './candidates.js';
import type { QueryTerm } from './parseQuery.js';
import { type Word, wordsOf } from './words.js';

/** How well a row fits one term. */
export interface TermMatch {
  /** 0…1 */
  weight: number;
  ranges: [number, number][];
  widened: SearchWidening[];
}

/** A row, and what of the question it fits. */
export interface MatchedRow {
  row: CandidateRow;
  /** By the position of the term. */
  terms: Map<number, TermMatch>;
  isUnwanted: boolean;
}

const mostRanges = 20;

/** Finds the terms in a row's text, each by the alternative that counts most. */
export function matchRow(row: CandidateRow, terms: readonly WidenedTerm[], unwanted: readonly QueryTerm[]): MatchedRow {
  const words = wordsOf(row.text);
  const places = new Map<string, number[]>();
  words.forEach(({ text }, at) => {
    const known = places.get(text);
    if (known) {
      known.push(at);
    } else {
      places.set(text, [at]);
    }
  });
  const matched = new Map<number, TermMatch>();
  terms.forEach(({ term, alternatives }, position) => {
    let best: TermMatch | undefined;
    for (const { words: wanted, weight, how } of alternatives) {
      const found = weight > (best?.weight ?? 0) ? placesOf(wanted, words, places) : [];
      if (found.length > 0) {
        const ranges = found.slice(0, mostRanges).map((at): [number, number] => [words[at]?.start ?? 0, words[at + wanted.length - 1]?.end ?? 0]);
        const [start, end] = ranges[0] ?? [0, 0];
        best = { weight, ranges, widened: how ? [{ found: row.text.slice(start, end), asked: term.asked, how }] : [] };
      }
    }
    if (best) {
      matched.set(position, best);
    }
  });
  return { row, terms: matched, isUnwanted: unwanted.some(({ words: wanted }) => placesOf(wanted, words, places).length > 0) };
}

/** As it is told to a client. */
export function toMatch({ row, terms }: MatchedRow): SearchMatch {
  const { path: _, bestSeconds: __, ...told } = row;
  const found = [...terms.values()];
  return {
    ...told,
    endSeconds: Math.max(row.startSeconds, row.endSeconds),
    ranges: merged(found.flatMap(({ ranges }) => ranges)),
    widened: found.flatMap(({ widened }) => widened),
  };
}

function placesOf(wanted: readonly string[], words: readonly Word[], places: ReadonlyMap<string, readonly number[]>): number[] {
  return (places.get(wanted[0] ?? '') ?? []).filter((at) => wanted.every((word, i) => words[at + i]?.text === word));
}

function merged(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      result.push([start, end]);
    }
  }
  return result;
}
