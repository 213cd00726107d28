import { type SearchKind, searchKinds } from '../protocol/index.js';
import { clipMark, folderMark } from './marks.js';
import type { QueryTerm } from './parseQuery.js';
import type { Ask } from './searchDatabase.js';
import { type SearchRow, wordKinds } from './clipEntry.js';
import type { Alternative } from './widenTerm.js';

/** Rows of more clips are not compared, for each moment that is wanted: nobody looks at them. */
const clipsPerMoment = 2;
const fewestClips = 40;
const rowsPerClip = 8;
/** Forms of the word that was asked for; what counts for less is another word. */
export const ownWeight = 0.9;

export interface WidenedTerm {
  term: QueryTerm;
  alternatives: readonly Alternative[];
}

export interface CandidateRow extends SearchRow {
  path: string;
}

/**
 * Rows that may fit: those of clips that have all that was asked for first, then of clips with some of it. What was
 * asked for itself comes before what it was widened to.
 */
export function candidateRows(
  ask: Ask,
  terms: readonly WidenedTerm[],
  unwanted: readonly QueryTerm[],
  { folders, kinds, limit }: { folders?: readonly string[]; kinds?: readonly SearchKind[]; limit: number },
): CandidateRow[] {
  const mostClips = Math.max(fewestClips, clipsPerMoment * limit);
  const mostRows = rowsPerClip * mostClips;
  const clips = candidateClips(ask, terms, clipFilter(folders, kinds), mostClips);
  if (clips.length === 0) {
    return [];
  }
  const own = terms.map(({ term, alternatives }) => ({ term, alternatives: alternatives.filter(({ weight }) => weight >= ownWeight) }));
  const among = `(${clips.map((clip) => quoted(clipMark(clip))).join(' OR ')})`;
  const of = kinds ? `and m.kind in (${kinds.map((kind) => searchKinds.indexOf(kind)).join(', ')})` : '';
  const sql = `select m.*, c.path from moment_words w join moment m on m.id = w.rowid join clip c on c.id = m.clip where moment_words match ? ${of} limit ${mostRows}`;
  const rows = new Map<number, CandidateRow>();
  const unwantedWords = unwanted.map(({ words }) => phraseOf(words));
  const isWidened = terms.some(({ alternatives }) => alternatives.some(({ weight }) => weight < ownWeight));
  for (const each of isWidened ? [own, terms] : [own]) {
    const wanted = [...each.flatMap(({ alternatives }) => alternatives.map(({ words }) => phraseOf(words))), ...unwantedWords];
    for (const row of rows.size < mostRows / 2 ? ask(sql, [`(${wanted.join(' OR ')}) AND ${among}`]) : []) {
      rows.set(Number(row['id']), rowOf(row));
    }
  }
  return [...rows.values()];
}

function candidateClips(ask: Ask, terms: readonly WidenedTerm[], filter: { before: string; after: string }, mostClips: number): number[] {
  const clips = new Set<number>();
  const take = (parts: readonly string[]): void => {
    if (clips.size < mostClips) {
      const expression = `${filter.before}(${parts.join(' AND ')})${filter.after}`;
      ask('select rowid from clip_words where clip_words match ? order by rowid desc limit ?', [expression, mostClips]).forEach((row) => clips.add(Number(row['rowid'])));
    }
  };
  const own = terms.map(({ alternatives }) => anyOf(alternatives.filter(({ weight }) => weight >= ownWeight)));
  const all = terms.map(({ alternatives }) => anyOf(alternatives));
  take(own);
  take(all);
  if (terms.length > 2) {
    all.forEach((_, left) => take(all.filter((__, i) => i !== left)));
  }
  if (terms.length > 1) {
    [...own, ...all].forEach((each) => take([each]));
  }
  return [...clips].slice(0, mostClips);
}

function clipFilter(folders: readonly string[] | undefined, kinds: readonly SearchKind[] | undefined): { before: string; after: string } {
  const columns = kinds ?? wordKinds;
  const below = folders?.map((folder) => `folders : ${quoted(folderMark(folder))}`).join(' OR ');
  return { before: `{${columns.join(' ')}} : `, after: below === undefined ? '' : ` AND (${below})` };
}

function anyOf(alternatives: readonly Alternative[]): string {
  // Which words follow each other is not kept for clips, only for their rows.
  return `(${alternatives.map(({ words }) => (words.length === 1 ? quoted(words[0] ?? '') : `(${words.map(quoted).join(' AND ')})`)).join(' OR ')})`;
}

function phraseOf(words: readonly string[]): string {
  return quoted(words.join(' '));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function rowOf(row: Record<string, unknown>): CandidateRow {
  const { path, kind, start, stop, best, text, who, confidence, count, document } = row;
  return {
    path: String(path),
    kind: searchKinds[Number(kind)] ?? 'name',
    startSeconds: Number(start),
    endSeconds: Number(stop),
    text: String(text),
    source: String(who),
    ...(best === null ? {} : { bestSeconds: Number(best) }),
    ...(confidence === null ? {} : { confidence: Number(confidence) }),
    ...(count === null ? {} : { count: Number(count) }),
    ...(typeof document === 'string' ? { document: JSON.parse(document) as NonNullable<SearchRow['document']> } : {}),
  };
}
