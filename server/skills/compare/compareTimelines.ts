import { isQuoted } from '../../longVideo/describeEvents.js';
import type { ComparedThing, Presence, Segment, Timeline, TimelineEvent, TimelineTrack } from '../../protocol/index.js';

/** Tracks whose events are things of the clip. */
const compared: readonly TimelineTrack[] = ['objects', 'people', 'text', 'speech'];

/** What is in one of two clips or in both: those of both first, then by how long they are there. */
export function compareTimelines(a: Pick<Timeline, 'events'>, b: Pick<Timeline, 'events'>): ComparedThing[] {
  const [first, second] = [thingsOf(a.events), thingsOf(b.events)];
  const keys = [...new Set([...first.keys(), ...second.keys()])];
  const things = keys.flatMap((key): ComparedThing[] => {
    const events = [first.get(key), second.get(key)] as const;
    const [event] = events[0] ?? events[1] ?? [];
    return event ? [{ track: event.track, label: event.label, presence: [presenceOf(events[0]), presenceOf(events[1])] }] : [];
  });
  const inBoth = ({ presence: [one, other] }: ComparedThing): boolean => one !== null && other !== null;
  const seconds = ({ presence }: ComparedThing): number => presence.reduce((sum, each) => sum + (each?.seconds ?? 0), 0);
  return things.sort((x, y) => Number(inBoth(y)) - Number(inBoth(x)) || compared.indexOf(x.track) - compared.indexOf(y.track) || seconds(y) - seconds(x));
}

/** Events that are of the same thing. Lines are the same if they say the same. */
function thingsOf(events: readonly TimelineEvent[]): Map<string, TimelineEvent[]> {
  const things = new Map<string, TimelineEvent[]>();
  for (const event of events.filter(({ track }) => compared.includes(track))) {
    const name = isQuoted(event) ? event.label.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim() : event.label;
    const key = `${event.track} ${name}`;
    things.set(key, [...(things.get(key) ?? []), event]);
  }
  return things;
}

function presenceOf(events: readonly TimelineEvent[] | undefined): Presence | null {
  const stretches = joined(events ?? []);
  const [first] = stretches;
  if (!first) return null;
  return {
    seconds: Math.round(stretches.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0) * 1000) / 1000,
    times: stretches.length,
    atOnce: Math.max(...(events ?? []).map(({ count = 1 }) => count)),
    first,
  };
}

/** Stretches without those that overlap or touch. */
function joined(events: readonly Segment[]): Segment[] {
  const stretches: Segment[] = [];
  for (const { startSeconds, endSeconds } of [...events].sort((a, b) => a.startSeconds - b.startSeconds)) {
    const last = stretches.at(-1);
    if (last && startSeconds <= last.endSeconds) {
      last.endSeconds = Math.max(last.endSeconds, endSeconds);
    } else {
      stretches.push({ startSeconds, endSeconds });
    }
  }
  return stretches;
}
