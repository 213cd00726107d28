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
/** Rows between the first and the last clip that are looked at one by one. */
const nearRows = 2500;
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
  const known = knownClips(ask, clips);
  const own = terms.map(({ term, alternatives }) => ({ term, alternatives: alternatives.filter(({ weight }) => weight >= ownWeight) }));
  const rows = new Map<number, CandidateRow>();
  const unwantedWords = unwanted.map(({ words }) => phraseOf(words));
  const isWidened = terms.some(({ alternatives }) => alternatives.some(({ weight }) => weight < ownWeight));
  for (const each of isWidened ? [own, terms] : [own]) {
    const wanted = [...each.flatMap(({ alternatives }) => alternatives.map(({ words }) => phraseOf(words))), ...unwantedWords].join(' OR ');
    for (const row of rows.size < mostRows / 2 ? rowsIn(ask, wanted, known, kinds, mostRows) : []) {
      rows.set(Number(row[0]), rowOf(row, known));
    }
  }
  return [...rows.values()];
}

/** A clip, and the numbers of its first and its last row; between them may be others'. */
interface KnownClip {
  path: string;
  first: number;
  last: number;
}
type Cell = string | number | null;
const cells = 'json_group_array(json_array(m.id, m.clip, m.kind, m.start, m.stop, m.best, m.text, m.who, m.confidence, m.count, m.document)) cells';

function knownClips(ask: Ask, clips: readonly number[]): Map<number, KnownClip> {
  const rows = cellsOf(ask('select json_group_array(json_array(id, path, first, last)) cells from clip where id in (select value from json_each(?))', [JSON.stringify(clips)]));
  return new Map(rows.map(([id, path, first, last]) => [Number(id), { path: String(path), first: Number(first), last: Number(last) }]));
}

/** Rows of these clips with one of the wanted words. */
function rowsIn(ask: Ask, wanted: string, clips: ReadonlyMap<number, KnownClip>, kinds: readonly SearchKind[] | undefined, most: number): Cell[][] {
  const of = kinds ? `and m.kind in (${kinds.map((kind) => searchKinds.indexOf(kind)).join(', ')})` : '';
  const firsts = [...clips.values()].map(({ first }) => first);
  const range = [Math.min(...firsts), Math.max(...[...clips.values()].map(({ last }) => last))];
  const near = 'select rowid from moment_words where moment_words match ? and rowid between ? and ? limit ?';
  const count = Number(ask(`select count(*) n from (${near})`, [wanted, ...range, nearRows])[0]?.['n']);
  if (count < nearRows) {
    // Clips lie close together, or words are rare: looking at all rows between them is quicker than asking for each clip.
    const sql = `select ${cells} from (select * from moment m where id in (${near}) and clip in (select value from json_each(?)) ${of} limit ?) m`;
    return cellsOf(ask(sql, [wanted, ...range, nearRows, JSON.stringify([...clips.keys()]), most]));
  }
  const among = [...clips.keys()].map((clip) => quoted(clipMark(clip))).join(' OR ');
  const sql = `select ${cells} from (select m.* from moment_words w join moment m on m.id = w.rowid where moment_words match ? ${of} limit ?) m`;
  return cellsOf(ask(sql, [`(${wanted}) AND (${among})`, most]));
}

/** One text is read from the database many times quicker than its cells one by one. */
function cellsOf([row]: ReturnType<Ask>): Cell[][] {
  const text = row?.['cells'];
  return typeof text === 'string' ? (JSON.parse(text) as Cell[][]) : [];
}

function candidateClips(ask: Ask, terms: readonly WidenedTerm[], filter: { before: string; after: string }, mostClips: number): number[] {
  const clips = new Set<number>();
  const take = (parts: readonly string[]): void => {
    if (clips.size < mostClips) {
      const expression = `${filter.before}(${parts.join(' AND ')})${filter.after}`;
      const sql = 'select json_group_array(rowid) cells from (select rowid from clip_words where clip_words match ? order by rowid desc limit ?)';
      const found = ask(sql, [expression, mostClips])[0]?.['cells'];
      (typeof found === 'string' ? (JSON.parse(found) as number[]) : []).forEach((clip) => clips.add(clip));
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

function rowOf(row: Cell[], clips: ReadonlyMap<number, KnownClip>): CandidateRow {
  const [, clip, kind, start, stop, best, text, who, confidence, count, document] = row;
  const isThere = (cell: Cell | undefined): cell is string | number => cell !== null && cell !== undefined;
  return {
    path: clips.get(Number(clip))?.path ?? '',
    kind: searchKinds[Number(kind)] ?? 'name',
    startSeconds: Number(start),
    endSeconds: Number(stop),
    text: String(text),
    source: String(who),
    ...(isThere(best) ? { bestSeconds: Number(best) } : {}),
    ...(isThere(confidence) ? { confidence: Number(confidence) } : {}),
    ...(isThere(count) ? { count: Number(count) } : {}),
    ...(typeof document === 'string' ? { document: JSON.parse(document) as NonNullable<SearchRow['document']> } : {}),
  };
}
