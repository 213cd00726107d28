import { type Segment, tellsWords, type TimelineEvent } from '../protocol/index.js';

/** Tracks that say what a part is about, the most telling first. Shots and movement are no content. */
const telling = ['text', 'speech', 'objects', 'people'] as const;
/** Longest quotation of a line that is read or heard, in characters. */
const longestQuote = 80;

/** What was noticed in a part of a clip, in few words that are the same in any language: `person × 2, dog · “EXIT”`. Empty where nothing was. */
export function describeEvents(events: readonly TimelineEvent[], span: Segment, mostWords = 8): string {
  const names = namesOf(events, span).slice(0, mostWords);
  const things = names.filter(({ quoted }) => !quoted).map(({ text }) => text);
  const quotes = names.filter(({ quoted }) => quoted).map(({ text }) => text);
  return [things.join(', '), ...quotes].filter((part) => part !== '').join(' · ');
}

interface EventName {
  text: string;
  /** The words of the clip itself. */
  quoted: boolean;
  /** How long it is there. */
  seconds: number;
}

/** Things and lines that are in a part, those that are there longest first within their kind. */
function namesOf(events: readonly TimelineEvent[], span: Segment): EventName[] {
  const names = new Map<string, EventName & { rank: number; count: number; label: string }>();
  for (const event of events) {
    const rank = telling.findIndex((track) => track === event.track);
    const seconds = Math.min(event.endSeconds, span.endSeconds) - Math.max(event.startSeconds, span.startSeconds);
    if (rank < 0 || seconds <= 0) continue;
    const quoted = isQuoted(event);
    const label = quoted ? quote(event.label) : event.label;
    const known = names.get(label);
    const count = Math.max(known?.count ?? 1, event.count ?? 1);
    names.set(label, { label, quoted, rank, count, seconds: seconds + (known?.seconds ?? 0), text: count > 1 ? `${label} × ${count}` : label });
  }
  const all = [...names.values()];
  // A face alone tells little, and something else may be taken for one.
  const others = all.filter(({ label }) => label !== 'face');
  const seen = others.length > 0 ? others : all;
  return seen.sort((a, b) => a.rank - b.rank || b.seconds - a.seconds || (a.label < b.label ? -1 : 1));
}

/** Whether an event's label is what the clip itself says. */
export function isQuoted(event: Pick<TimelineEvent, 'track' | 'label' | 'source'>): boolean {
  return event.track === 'text' || tellsWords(event);
}

function quote(label: string): string {
  const line = label.replace(/\s+/g, ' ').trim();
  return `“${line.length > longestQuote ? `${line.slice(0, longestQuote - 1).trimEnd()}…` : line}”`;
}
