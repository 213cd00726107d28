import type { TextLine } from '../observations.js';
import { overlap } from '../boxes.js';
import { editDistance } from './editDistance.js';
import { findRuns, type Sighting } from './findRuns.js';
import { followSightings } from './followSightings.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';
import { mergeClocks } from './mergeClocks.js';
import type { LookedAt } from './runEvents.js';

/** How far two readings of one line may differ: in its place, and anywhere. */
const differs = { inPlace: 0.4, elsewhere: 0.2 };
const samePlace = 0.3;
/** A line that is elsewhere is the same only if it is long enough not to be so by chance. */
const movingLetters = 4;
/** A line read in one frame only, among many. */
const surelyRead = { score: 0.8, letters: 2 };
const fewFrames = 3;
const longestText = 500;
/** Read so surely, other digits are another number: a score, a page, a clock. */
const sureOfDigits = 0.85;

/** When lines of text are to be read on the screen; readings of one line are merged, and the best of them is its text. */
export function textEvents(frames: readonly (readonly TextLine[] | undefined)[], { seconds, cells }: LookedAt, source: string): FoundEvent[] {
  const written = frames.map((lines = []) => lines.filter(({ text }) => letters(text) > 0));
  const lines = followSightings(written, fitOf).flatMap(({ sightings, lastAt }) => {
    const first = sightings[0]?.at ?? 0;
    const seen: Sighting[][] = Array.from({ length: lastAt - first + 1 }, () => []);
    sightings.forEach(({ at, seen: { score, box } }) => seen[at - first]?.push({ confidence: score, box }));
    const label = voteText(sightings.map((sighting) => sighting.seen));
    return findRuns(seen, cells.slice(first, lastAt + 1))
      .filter((run) => run.seen > 1 || frames.length <= fewFrames || (run.confidence >= surelyRead.score && letters(label) >= surelyRead.letters))
      .map(({ startSeconds, endSeconds, confidence, best }) =>
        makeEvent({ track: 'text', label, source, startSeconds, endSeconds, confidence, box: best.box, bestSeconds: seconds[first + best.at] }),
      );
  });
  return mergeClocks(lines);
}

/** 0: they are two lines. */
function fitOf(a: TextLine, b: TextLine): number {
  if (Math.min(a.score, b.score) >= sureOfDigits && isOtherNumber(digits(a.text), digits(b.text))) return 0;
  const place = overlap(a.box, b.box);
  const difference = editDistance(bare(a.text), bare(b.text));
  const same = place >= samePlace ? difference <= differs.inPlace : difference <= differs.elsewhere && letters(b.text) >= movingLetters;
  return same ? 1 + place - difference : 0;
}

/** The reading with the greatest sum of scores. */
function voteText(lines: readonly TextLine[]): string {
  const votes = new Map<string, number>();
  lines.forEach(({ text, score }) => votes.set(text.trim(), (votes.get(text.trim()) ?? 0) + score));
  return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0];
}

/** What readings differ in most is their spaces and capitals. */
function bare(text: string): string {
  return text.slice(0, longestText).toLowerCase().replace(/\s+/g, '');
}

function letters(text: string): number {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).length;
}

/** As many digits, but others: a letter that is taken for a digit now and then is none. */
function isOtherNumber(a: string, b: string): boolean {
  return a.length === b.length && a !== b;
}

function digits(text: string): string {
  return text.replace(/\P{N}/gu, '');
}
