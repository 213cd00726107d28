import type { DenseCaption, Segment } from '../../protocol/index.js';
import { cleanLine, sameText } from '../suggest/cleanAnswer.js';

/** Less is no event, in seconds: about one frame. */
const shortest = 0.04;
/** Parts that follow one another touch, whatever the rounding. */
const touching = 0.02;

/**
 * Captions as events: by start, inside the part, none without length, none over another; neighbours that say the same
 * are one. Parts of which nothing is said stay empty.
 */
export function mergeCaptions(captions: readonly DenseCaption[], part: Segment): DenseCaption[] {
  const events: DenseCaption[] = [];
  const inTime = [...captions].sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds);
  for (const { startSeconds, endSeconds, text } of inTime) {
    const last = events.at(-1);
    const line = cleanLine(text);
    const start = Math.max(startSeconds, part.startSeconds, last?.endSeconds ?? 0);
    const end = Math.min(endSeconds, part.endSeconds);
    if (line === '' || !Number.isFinite(start) || !Number.isFinite(end)) {
      continue;
    }
    if (last && sameText(last.text, line) && startSeconds - last.endSeconds <= touching) {
      last.endSeconds = rounded(Math.max(last.endSeconds, end));
    } else if (end - start >= shortest) {
      events.push({ startSeconds: rounded(start), endSeconds: rounded(end), text: line });
    }
  }
  return events;
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
