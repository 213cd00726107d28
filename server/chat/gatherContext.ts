import { buildTimelineContext } from '../context/buildTimelineContext.js';
import type { TimelineEvent } from '../protocol/index.js';
import type { NoticedMedium } from './lookThrough.js';

export interface GatherRequest {
  noticed: readonly NoticedMedium[];
  /** What is asked; left out: nothing is preferred. */
  question?: string;
  maxTokens: number;
  countTokens(text: string): number;
}

export interface GatheredContext {
  text: string;
  /** Events that the text tells of, with the place of their medium. */
  events: { medium: number; event: TimelineEvent }[];
  /** Events there was no room for. */
  left: number;
}

/**
 * All that is known in words of what a conversation is about: of several media one after the other, each with an equal
 * part of the room. Captions that were made of parts of a clip belong in here.
 */
export function gatherContext({ noticed, question, maxTokens, countTokens }: GatherRequest): GatheredContext {
  const gathered: GatheredContext = { text: '', events: [], left: 0 };
  const texts: string[] = [];
  noticed.forEach(({ medium, timeline, span, captions = [] }, index) => {
    const title = noticed.length > 1 ? `Video ${medium + 1}:\n` : '';
    const room = Math.floor((maxTokens - texts.reduce((sum, text) => sum + countTokens(`${text}\n\n`), 0)) / (noticed.length - index));
    const { text, events, left } = buildTimelineContext({
      timeline: { ...timeline, tracks: [] },
      captions,
      ...(span ? { span } : {}),
      ...(question === undefined ? {} : { question }),
      maxTokens: Math.max(0, room - countTokens(title)),
      countTokens,
    });
    texts.push(title + text);
    gathered.events.push(...events.map((event) => ({ medium, event })));
    gathered.left += left;
  });
  return { ...gathered, text: texts.join('\n\n') };
}
