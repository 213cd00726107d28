import type { Segment } from '../protocol/index.js';
import type { ToldEvent } from './describeEvent.js';
import { spokenTimes } from './spokenTimes.js';

/** Something that is seen once or more often. */
interface Thing {
  name: string;
  spans: Segment[];
  count: number;
  /** Sum of its spans, in seconds. */
  length: number;
  interest: number;
}

export interface DescriptionLimits {
  /** Names in each list. */
  things: number;
  /** Times told of each name. */
  spans: number;
}

/** The things of some kinds by name, in order of their first appearance. */
export function thingsOf(events: readonly ToldEvent[], kind: ToldEvent['kind'], interestOf: (told: ToldEvent) => number): Thing[] {
  const things = new Map<string, Thing>();
  for (const told of events) {
    if (told.kind !== kind) continue;
    const length = told.times.endSeconds - told.times.startSeconds;
    const known = things.get(told.name);
    if (known) {
      known.spans.push(told.times);
      known.count = Math.max(known.count, told.count);
      known.length += length;
      known.interest = Math.max(known.interest, interestOf(told));
    } else {
      things.set(told.name, { name: told.name, spans: [told.times], count: told.count, length, interest: interestOf(told) });
    }
  }
  return [...things.values()];
}

/** Those that matter most, in the order they were in. */
export function foremost(things: readonly Thing[], most: number): Thing[] {
  const chosen = new Set([...things].sort((a, b) => b.interest - a.interest || b.length - a.length).slice(0, most));
  return things.filter((thing) => chosen.has(thing));
}

/**
 * What is to be known of the whole: how long it is, each thing with its times and how many there are at once, and
 * whether there is text or speech.
 *
 * @param events all there are, by start, not only those that have a line of their own
 * @param length the sentence that says how long it is
 */
export function generalDescription(
  events: readonly ToldEvent[],
  length: string,
  { things, spans }: DescriptionLimits,
  interestOf: (told: ToldEvent) => number,
): string {
  const list = (title: string, kind: ToldEvent['kind'], counted: boolean): string[] => {
    const all = thingsOf(events, kind, interestOf);
    const told = foremost(all, things).map((thing) => `${kind === 'face' ? '' : `${thing.name} `}${timesOf(thing.spans, spans)}${counted ? `, at most ${thing.count} at once` : ''}`);
    if (told.length === 0) return [];
    return [`${title}: ${told.join('; ')}${all.length > told.length ? `; and ${all.length - told.length} more` : ''}.`];
  };
  const number = (kind: ToldEvent['kind']): number => events.filter((told) => told.kind === kind).length;
  const shots = number('shot');
  return [
    length,
    ...(shots > 0 ? [`It has ${shots} shot${shots > 1 ? 's' : ''}.`] : []),
    ...list('Objects', 'object', true),
    ...list('Actions', 'action', false),
    ...list('Faces', 'face', true),
    ...list('Picture', 'picture', false),
    ...(number('text') > 0 ? ['Text can be read.'] : []),
    ...(number('speech') > 0 ? ['Somebody speaks.'] : []),
  ].join(' ');
}

function timesOf(spans: readonly Segment[], most: number): string {
  const told = spans.slice(0, most).map(spokenTimes);
  return `${told.join(' and ')}${spans.length > most ? ` and ${spans.length - most} more times` : ''}`;
}
