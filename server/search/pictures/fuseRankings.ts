import type { SearchMatch, SearchMoment } from '../../protocol/index.js';
import type { PictureMoment } from './pictureQuestion.js';

/** Where a picture's moment was found. */
export interface PlacedMoment extends Omit<PictureMoment, 'content'> {
  path: string;
}

/** The usual constant of reciprocal rank fusion: the first places count for little more than those behind them. */
const rankOffset = 60;

/**
 * Two rankings as one, by reciprocal rank fusion: a moment counts 1 / (60 + its place) in each. Moments of one clip that
 * overlap are one, so what both find comes before what only one finds.
 *
 * @param words by words, the best first
 * @param pictures by pictures, the best first
 */
export function fuseRankings(words: readonly SearchMoment[], pictures: readonly PlacedMoment[], { asked, source }: { asked: string; source: string }): SearchMoment[] {
  const fused = words.map((moment, place) => ({ ...moment, score: 1 / (rankOffset + place + 1) }));
  const byPath = new Map<string, SearchMoment[]>();
  fused.forEach((moment) => byPath.set(moment.path, [...(byPath.get(moment.path) ?? []), moment]));
  pictures.forEach((picture, place) => {
    const share = 1 / (rankOffset + place + 1);
    const match = matchOf(picture, asked, source);
    const same = byPath.get(picture.path)?.find((moment) => isWhole(moment) || overlaps(moment, picture));
    if (!same) {
      const { path, startSeconds, endSeconds, bestSeconds } = picture;
      fused.push({ path, startSeconds, endSeconds, bestSeconds, matches: [match], missing: [], score: share });
    } else if (!same.matches.some(({ kind }) => kind === 'pictures')) {
      const { startSeconds, endSeconds } = isWhole(same) ? picture : same;
      const isInside = picture.bestSeconds >= startSeconds && picture.bestSeconds < endSeconds;
      Object.assign(same, { startSeconds, endSeconds, matches: [...same.matches, match], score: same.score + share, ...(isInside ? { bestSeconds: picture.bestSeconds } : {}) });
    }
  });
  return fused.sort((a, b) => b.score - a.score).map((moment) => ({ ...moment, score: Math.round(moment.score * 1e6) / 1e6 }));
}

function matchOf({ startSeconds, endSeconds, confidence }: PlacedMoment, asked: string, source: string): SearchMatch {
  return { kind: 'pictures', text: asked, startSeconds, endSeconds, source, confidence: Math.round(confidence * 1e4) / 1e4, ranges: [], widened: [] };
}

/** What is true of a clip from its beginning to its end has no time of its own. */
function isWhole({ startSeconds, endSeconds }: SearchMoment): boolean {
  return startSeconds === 0 && endSeconds === 0;
}

function overlaps(a: { startSeconds: number; endSeconds: number }, b: { startSeconds: number; endSeconds: number }): boolean {
  return a.startSeconds < b.endSeconds && b.startSeconds < a.endSeconds;
}
