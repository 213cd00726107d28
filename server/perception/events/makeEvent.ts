import { createHash } from 'node:crypto';
import { roundTime, type TimelineEvent } from '../../protocol/index.js';

/** An event as its track finds it: rounded as documents round, named when all are known. */
export type FoundEvent = Omit<TimelineEvent, 'id'>;

export function makeEvent({ startSeconds, endSeconds, confidence, box, bestSeconds, ...event }: FoundEvent): FoundEvent {
  return {
    ...event,
    startSeconds: roundTime(startSeconds),
    endSeconds: roundTime(Math.max(startSeconds, endSeconds)),
    confidence: thousandths(Math.min(1, Math.max(0, confidence))),
    ...(box ? { box: [thousandths(box[0]), thousandths(box[1]), thousandths(box[2]), thousandths(box[3])] } : {}),
    ...(bestSeconds === undefined ? {} : { bestSeconds: roundTime(bestSeconds) }),
  };
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Gives events their ids, which follow from what they say, and puts them in order of time. */
export function nameEvents(events: readonly FoundEvent[]): TimelineEvent[] {
  const used = new Map<string, number>();
  return events
    .map((event) => ({ event, text: JSON.stringify(event) }))
    .sort((a, b) => a.event.startSeconds - b.event.startSeconds || a.event.endSeconds - b.event.endSeconds || (a.text < b.text ? -1 : 1))
    .map(({ event, text }) => {
      const name = `${event.track}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      return { id: count === 1 ? name : `${name}-${count}`, ...event };
    });
}
