import type { PictureMoment } from './pictureQuestion.js';

/** All pictures of one clip that a model has seen, in the order of time. */
export interface ClipHits {
  seconds: readonly number[];
  cosines: readonly number[];
  /** 0…1 */
  sure: readonly number[];
}

/** Pictures that are less sure than this share of the clip's best are not of the same thing. */
const shareOfBest = 0.5;
/** A picture stands for the time until the next one, but not for longer, in seconds. */
const longestStand = 10;
const usualStand = 1;
const mostMoments = 8;

/** Runs of pictures that fit, as moments. @param least how sure a picture must be */
export function momentsIn(content: string, { seconds, cosines, sure }: ClipHits, least: number): PictureMoment[] {
  const needed = Math.max(least, shareOfBest * sure.reduce((most, each) => Math.max(most, each), 0));
  const moments: PictureMoment[] = [];
  let open: PictureMoment | undefined;
  for (const [i, confidence] of sure.entries()) {
    if (confidence < needed) {
      open = undefined;
      continue;
    }
    const [at = 0, next] = seconds.slice(i, i + 2);
    // The last one stands for as long as the one before it.
    const stand = next === undefined ? at - (seconds[i - 1] ?? at - usualStand) : next - at;
    const endSeconds = at + Math.min(longestStand, stand);
    const cosine = cosines[i] ?? 0;
    if (!open) {
      open = { content, startSeconds: at, endSeconds, bestSeconds: at, cosine, confidence };
      moments.push(open);
    }
    open.endSeconds = endSeconds;
    if (cosine > open.cosine) {
      Object.assign(open, { bestSeconds: at, cosine, confidence });
    }
  }
  return moments.sort((a, b) => b.cosine - a.cosine).slice(0, mostMoments);
}
