import { overlap } from '../boxes.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';

/** A reading that stays longer is a number of its own: a score, a page. */
const longestReading = 5; // s
/** Frames between two readings may show neither. */
const longestGap = 2.5; // s
const leastOverlap = 0.02; // s; rounding
const samePlace = 0.5;
const fewestReadings = 3;

/**
 * A clock or counter that runs is one event with its first and last reading, e.g. `00:01 … 00:09`, and not one for each: lines
 * at one place, one after the other, that differ in their numbers only and count in one direction.
 *
 * @param lines events of `text`
 */
export function mergeClocks(lines: readonly FoundEvent[]): FoundEvent[] {
  const clocks: FoundEvent[][] = [];
  const running = new Map<string, FoundEvent[][]>();
  const others: FoundEvent[] = [];
  for (const line of [...lines].sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds)) {
    if (line.endSeconds - line.startSeconds > longestReading || !/\p{N}/u.test(line.label)) {
      others.push(line);
      continue;
    }
    const shape = shapeOf(line);
    const alive = (running.get(shape) ?? []).filter((readings) => line.startSeconds - (readings.at(-1)?.endSeconds ?? 0) <= longestGap);
    const clock = alive.findLast((readings) => goesOn(readings, line));
    const fresh = clock ? undefined : [line];
    clock?.push(line);
    if (fresh) clocks.push(fresh);
    running.set(shape, fresh ? [...alive, fresh] : alive);
  }
  return [...others, ...clocks.flatMap((readings) => (readings.length < fewestReadings ? readings : [oneOf(readings)]))];
}

function goesOn(readings: readonly FoundEvent[], next: FoundEvent): boolean {
  const last = readings.at(-1);
  const before = readings.at(-2);
  if (!last?.box || !next.box || overlap(last.box, next.box) < samePlace) return false;
  if (next.startSeconds - last.endSeconds < -leastOverlap) return false;
  const step = compare(numbersIn(last), numbersIn(next));
  return step !== 0 && (before === undefined || step === compare(numbersIn(before), numbersIn(last)));
}

function oneOf(readings: readonly FoundEvent[]): FoundEvent {
  const best = readings.reduce((surest, each) => (each.confidence > surest.confidence ? each : surest));
  const [first = best] = readings;
  const last = readings.at(-1) ?? best;
  const confidence = readings.reduce((sum, each) => sum + each.confidence, 0) / readings.length;
  return makeEvent({ ...best, label: `${first.label} … ${last.label}`, startSeconds: first.startSeconds, endSeconds: last.endSeconds, confidence });
}

/** A line without its numbers. */
function shapeOf({ label }: FoundEvent): string {
  return label.toLowerCase().replace(/\s+/g, '').replace(/\p{N}+/gu, '0');
}

function numbersIn({ label }: FoundEvent): number[] {
  return (label.match(/\p{Nd}+/gu) ?? []).map((digits) => Number(digits));
}

/** The sign of b - a, the first number that differs counts: hours, minutes, seconds. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, i) => number !== b[i]);
  return at < 0 ? 0 : Math.sign((b[at] ?? 0) - (a[at] ?? 0));
}
