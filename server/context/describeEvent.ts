import type { Segment, TimelineEvent, TimelineTrack } from '../protocol/index.js';
import { neutralText } from './neutralText.js';
import { secondsOf, spokenTimes } from './spokenTimes.js';

const longestLabel = 60; // characters
/** The label of an event that only says that somebody speaks. */
const wordless = 'speech';

/** An event as a context tells of it: cut to the span, with a name that fits into a line. */
export interface ToldEvent {
  event: TimelineEvent;
  times: Segment;
  /** Its kind in the words of the context, e.g. `object`, `action`. */
  kind: 'object' | 'action' | 'face' | 'picture' | 'shot' | 'text' | 'speech';
  name: string;
  count: number;
}

const kinds: Record<Exclude<TimelineTrack, 'people'>, ToldEvent['kind']> = {
  objects: 'object',
  text: 'text',
  speech: 'speech',
  motion: 'picture',
  shots: 'shot',
};

export function toldEvent(event: TimelineEvent, times: Segment): ToldEvent {
  const isFace = event.label === 'face';
  const kind = event.track === 'people' ? (isFace ? 'face' : 'action') : kinds[event.track];
  const quoted = kind === 'text' || kind === 'speech';
  return { event, times, kind, name: neutralText(event.label, quoted ? undefined : longestLabel), count: Math.max(1, Math.round(event.count ?? 1)) };
}

/** Whether it is numbered: what the same question asks for one after the other. */
function isNumbered({ kind }: ToldEvent): boolean {
  return kind === 'text' || kind === 'speech' || kind === 'shot';
}

/**
 * One line: `Second 4 : text 1 "EXIT 12" from 4 to 6 seconds.` A name comes before its times, so that who looks for it
 * reads on to find them.
 *
 * @param number of its kind, from 1
 */
export function eventLine(told: ToldEvent, number: number): string {
  const { kind, name, times, count } = told;
  const [second] = secondsOf(times);
  const said = kind === 'speech' && told.event.source !== 'subtitles' && name === wordless;
  const what = said || kind === 'shot' || kind === 'face' ? '' : kind === 'text' || kind === 'speech' ? ` "${name}"` : ` ${name}`;
  return `Second ${second} : ${kind}${isNumbered(told) ? ` ${number}` : ''}${what} ${spokenTimes(times)}${count > 1 ? `, ${count} at once` : ''}.`;
}
