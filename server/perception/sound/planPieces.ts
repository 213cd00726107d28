import type { Segment } from '../../protocol/index.js';
import { longestHeard, voiceSampleRate, voiceWindow } from '../perception.js';

const windowSeconds = voiceWindow / voiceSampleRate;
/** Heard before and behind a voice: its first and last sounds are faint. */
const margin = 0.2; // s
/** Longer pauses end a piece. */
const longestPause = 1.5; // s
/** A voice that goes on is cut where it is faintest in the last part of a piece. */
const cutFrom = 20; // s

/**
 * Pieces of sound in which words are looked for: voices with short pauses between them, each at most half a minute, in order
 * and without overlaps. They follow from what comes before them only, so that those of a longer run begin alike.
 *
 * @param voices in order of time
 * @param probabilities of a voice, in each window from the beginning of the clip
 */
export function planPieces(voices: readonly Segment[], probabilities: ArrayLike<number>): Segment[] {
  const pieces: Segment[] = [];
  let free = 0;
  const add = (from: number, to: number): void => {
    let start = Math.max(free, from - margin);
    for (; to - start > longestHeard; start = free) {
      free = faintest(start + cutFrom, start + longestHeard, probabilities);
      pieces.push({ startSeconds: start, endSeconds: free });
    }
    free = Math.min(to + margin, start + longestHeard);
    pieces.push({ startSeconds: start, endSeconds: free });
  };
  let open: Segment | undefined;
  for (const { startSeconds, endSeconds } of voices) {
    const joins = open && startSeconds - open.endSeconds <= longestPause && endSeconds - open.startSeconds <= longestHeard - 2 * margin;
    if (open && joins) {
      open = { startSeconds: open.startSeconds, endSeconds };
      continue;
    }
    if (open) add(open.startSeconds, open.endSeconds);
    open = { startSeconds, endSeconds };
  }
  if (open) add(open.startSeconds, open.endSeconds);
  return pieces;
}

function faintest(from: number, to: number, probabilities: ArrayLike<number>): number {
  let best = Math.ceil(to / windowSeconds) - 1;
  for (let i = best; i * windowSeconds >= from; i--) {
    if ((probabilities[i] ?? 0) < (probabilities[best] ?? 0)) best = i;
  }
  return best * windowSeconds;
}
