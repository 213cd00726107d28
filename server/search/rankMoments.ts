import type { SearchKind, SearchMoment, Segment } from '../protocol/index.js';
import { isWholeClip } from './clipEntry.js';
import { type MatchedRow, toMatch } from './matchRow.js';

/** What counts as the same time: a word is often said a little before its thing is seen. */
const togetherSeconds = 2;
/** Moments of one clip that overlap by this share are one. */
const sameShare = 0.6;
/** Where a word stands says how likely it is what the clip shows. */
const kindWeights: Record<SearchKind, number> = { annotations: 1, objects: 1, people: 1, text: 0.95, captions: 0.95, speech: 0.9, motion: 0.8, name: 0.6, pictures: 1 };
/** Of a row that fits; its words, besides those that were asked for, count against it a little. */
const wordCost = 0.01;

/** A moment of which it is known how well it fits. */
interface Scored extends Segment {
  path: string;
  rows: MatchedRow[];
  found: Set<number>;
  score: number;
}

/**
 * Moments from rows, the best first: where several words were asked for, rows of one time in one clip count together,
 * and those with more of the words come before all others.
 *
 * @param asked the terms as a person wrote them
 */
export function rankMoments(rows: readonly MatchedRow[], asked: readonly string[]): SearchMoment[] {
  const byClip = new Map<string, MatchedRow[]>();
  for (const row of rows) {
    const known = byClip.get(row.row.path);
    if (known) {
      known.push(row);
    } else {
      byClip.set(row.row.path, [row]);
    }
  }
  const scored = [...byClip.values()].flatMap((each) => momentsOf(each));
  return scored.sort(compare).map(({ path, startSeconds, endSeconds, rows: matched, found, score }) => ({
    path,
    startSeconds,
    endSeconds: Math.max(startSeconds, endSeconds),
    bestSeconds: bestSecondsOf(matched, { startSeconds, endSeconds: Math.max(startSeconds, endSeconds) }),
    matches: matched.map(toMatch),
    missing: asked.filter((_, term) => !found.has(term)),
    score: Math.round(score * 1e4) / 1e4,
  }));
}

function momentsOf(rows: readonly MatchedRow[]): Scored[] {
  const unwanted = rows.filter(({ isUnwanted }) => isUnwanted).map(({ row }) => row);
  const usable = rows.filter(({ row, terms }) => terms.size > 0 && !unwanted.some((each) => overlaps(each, row, 0)));
  const sorted = usable.map((row) => momentAround(row, usable)).sort(compare);
  const kept: Scored[] = [];
  for (const moment of sorted) {
    const same = kept.find((each) => sharedShare(each, moment) >= sameShare && [...moment.found].every((term) => each.found.has(term)));
    if (!same) {
      kept.push(moment);
    } else {
      // Another one says the same of the same time.
      same.rows.push(...moment.rows.filter(({ row }) => !same.rows.some((each) => each.row === row || (each.row.kind === row.kind && each.row.text === row.text))));
    }
  }
  return kept;
}

/** What a row tells together with the others of its time. */
function momentAround(anchor: MatchedRow, rows: readonly MatchedRow[]): Scored {
  const { row } = anchor;
  const moment: Scored = { path: row.path, startSeconds: row.startSeconds, endSeconds: row.endSeconds, rows: [anchor], found: new Set(anchor.terms.keys()), score: 0 };
  let sum = [...anchor.terms.keys()].reduce((total, term) => total + scoreOf(anchor, term), 0);
  const others = new Set(rows.flatMap(({ terms }) => [...terms.keys()]).filter((term) => !moment.found.has(term)));
  for (const term of others) {
    const near = rows.filter((each) => each.terms.has(term) && overlaps(each.row, moment, togetherSeconds));
    const best = near.reduce<MatchedRow | undefined>((winner, each) => (!winner || scoreOf(each, term) > scoreOf(winner, term) ? each : winner), undefined);
    if (best) {
      moment.found.add(term);
      moment.rows.push(best);
      sum += scoreOf(best, term);
      Object.assign(moment, sharedPart(moment, best.row));
    }
  }
  moment.score = sum;
  return moment;
}

function scoreOf({ row, terms }: MatchedRow, term: number): number {
  const weight = terms.get(term)?.weight ?? 0;
  const words = Math.min(40, row.text.split(/\s+/).length - 1);
  return weight * kindWeights[row.kind] * (0.5 + 0.5 * (row.confidence ?? 1)) * (1 - wordCost * words);
}

function compare(a: Scored, b: Scored): number {
  return b.found.size - a.found.size || b.score - a.score || (a.path === b.path ? a.startSeconds - b.startSeconds : a.path < b.path ? -1 : 1);
}

/** The time of both; the first one's where they only lie close together. */
function sharedPart(a: Segment, b: Segment): Segment {
  if (isWholeClip(a) || isWholeClip(b)) {
    const { startSeconds, endSeconds } = isWholeClip(a) ? b : a;
    return { startSeconds, endSeconds };
  }
  const startSeconds = Math.max(a.startSeconds, b.startSeconds);
  const endSeconds = Math.min(a.endSeconds, b.endSeconds);
  return endSeconds > startSeconds ? { startSeconds, endSeconds } : { startSeconds: a.startSeconds, endSeconds: a.endSeconds };
}

function overlaps(a: Segment, b: Segment, slack: number): boolean {
  if (isWholeClip(a) || isWholeClip(b)) {
    return true;
  }
  return a.startSeconds <= b.endSeconds + slack && b.startSeconds <= a.endSeconds + slack;
}

/** Of the shorter of two parts, how much lies in the other. */
function sharedShare(a: Segment, b: Segment): number {
  if (a.startSeconds === b.startSeconds && a.endSeconds === b.endSeconds) {
    return 1;
  }
  const shared = Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
  const longer = Math.max(a.endSeconds - a.startSeconds, b.endSeconds - b.startSeconds);
  return longer > 0 ? shared / longer : 0;
}

function bestSecondsOf(rows: readonly MatchedRow[], { startSeconds, endSeconds }: Segment): number {
  const best = rows.map(({ row }) => row.bestSeconds).find((seconds) => seconds !== undefined && seconds >= startSeconds && seconds < endSeconds);
  return best ?? startSeconds + Math.min(0.5, (endSeconds - startSeconds) / 2);
}
