import { sharedWordNet, type WordNet } from '../../search/wordNet.js';
import { parseQuery, type QueryTerm } from '../../search/parseQuery.js';
import { widenTerm } from '../../search/widenTerm.js';
import { wordsOf } from '../../search/words.js';
import type { Segment, TimelineEvent } from '../../protocol/index.js';

export interface FoundSpan extends Segment {
  confidence: number;
  /** Labels of the events found there. */
  reasons: string[];
  bestSeconds?: number;
}

export interface FoundEvents {
  /** The likeliest first. */
  spans: FoundSpan[];
  /** Words of the query that no event has to do with. */
  missing: string[];
}

/** What is searched: events of a timeline, and what was written of parts of the clip, which is of no track. */
export type FindableEvent = Pick<TimelineEvent, 'label' | 'confidence' | 'bestSeconds'> & Partial<Pick<TimelineEvent, 'track'>> & Segment;

/** An event that one of the terms means. */
interface Match extends Segment {
  term: number;
  event: FindableEvent;
  weight: number;
}

/** Words that ask for a moment and name nothing in it. */
const asking = /^(?:appears?|visible|seen?|sees|shown?|shows|happens?|happen|comes?|starts?|begins?|ends?|moment|time|times|somewhere)$/;
/** Words for kinds of events, whatever their label. */
const ofTrack: { track: TimelineEvent['track']; label?: RegExp; words: RegExp }[] = [
  { track: 'speech', words: /^(?:speech|speak(?:s|ing)?|spoken?|talk(?:s|ing|ed)?|sa(?:y|ys|id|ying)|voices?|hear[ds]?|说话|讲话)$/ },
  { track: 'text', words: /^(?:text|signs?|writing|written|captions?|letters|words|文字|字幕)$/ },
  { track: 'shots', words: /^(?:shots?|scenes?|cuts?|镜头)$/ },
  { track: 'people', label: /face/, words: /^(?:people|person|someone|somebody|anyone|who|faces?|脸)$/ },
  { track: 'objects', label: /^person$/, words: /^(?:people|someone|somebody|anyone|who|humans?|人|人们)$/ },
  // A detector does not tell them apart.
  { track: 'objects', label: /^person$/, words: /^(?:man|men|woman|women|child|children|boys?|girls?|guys?|lady|kid|kids)$/ },
  { track: 'motion', label: /^moving$/, words: /^(?:mov(?:es?|ing|ement)|motion)$/ },
];
const kindWeight = 0.7;
/** Events of one thing with a shorter gap between them are one span, in seconds. */
const joinedGap = 0.5;

let wordNet: WordNet | false | undefined;

/** The table of words takes some tenths of a second to read, once. Without it, only words and their plurals are found. */
function words(): WordNet | false {
  try {
    wordNet ??= sharedWordNet();
  } catch {
    wordNet = false;
  }
  return wordNet;
}

/**
 * Finds where events of a timeline have to do with a query: all its words at once first, then some of them.
 *
 * @throws VideoChatError InvalidParams where the query names nothing
 */
export function findEvents(query: string, events: readonly FindableEvent[]): FoundEvents {
  const net = words();
  const all = parseQuery(query, (name) => net !== false && name.includes(' ') && net.hypernyms.has(name)).terms;
  const telling = all.filter(({ words: [word = ''], isExact }) => isExact || !asking.test(word));
  const terms = telling.length > 0 ? telling : all;
  const texts = events.map((event) => wordsOf(event.label).map(({ text }) => text));
  const known = new Set(texts.flat());
  const matches = terms.flatMap((term, index) => {
    const alternatives = net === false ? plainAlternatives(term) : widenTerm(term, net, (word) => known.has(word));
    return events.flatMap((event, at): Match[] => {
      const found = alternatives.find((each) => holds(texts[at] ?? [], each.words));
      const weight = found?.weight ?? (ofTrack.some((kind) => isOf(event, kind) && term.words.some((word) => kind.words.test(word))) ? kindWeight : 0);
      const { startSeconds, endSeconds } = event;
      return weight > 0 ? [{ term: index, event, weight, startSeconds, endSeconds }] : [];
    });
  });
  return {
    spans: spansOf(matches, terms.length),
    missing: terms.filter((_, index) => !matches.some(({ term }) => term === index)).map(({ asked }) => asked),
  };
}

function isOf(event: FindableEvent, { track, label }: (typeof ofTrack)[number]): boolean {
  return event.track === track && (label?.test(event.label) ?? true);
}

function plainAlternatives({ words: asked }: QueryTerm): { words: readonly string[]; weight: number }[] {
  const text = asked.join(' ');
  return [text, `${text}s`, text.replace(/s$/, '')].map((each) => ({ words: each.split(' '), weight: 1 }));
}

/** Whether words stand in a text one after the other. */
function holds(text: readonly string[], wanted: readonly string[]): boolean {
  return text.some((_, at) => wanted.every((word, i) => text[at + i] === word));
}

/** Stretches in which as many terms as possible are met, then those with one less that say something new, and so on. */
function spansOf(matches: readonly Match[], terms: number): FoundSpan[] {
  const edges = [...new Set(matches.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]))].sort((a, b) => a - b);
  const pieces = edges.slice(0, -1).map((start, i) => {
    const end = edges[i + 1] ?? start;
    const met = matches.filter(({ startSeconds, endSeconds }) => startSeconds < end && endSeconds > start);
    return { startSeconds: start, endSeconds: end, level: new Set(met.map(({ term }) => term)).size };
  });
  const spans: (FoundSpan & { level: number })[] = [];
  for (let level = terms; level > 0; level--) {
    const stretches: Segment[] = [];
    for (const piece of pieces.filter((each) => each.level >= level)) {
      const last = stretches.at(-1);
      if (last && piece.startSeconds - last.endSeconds <= joinedGap) {
        last.endSeconds = piece.endSeconds;
      } else {
        stretches.push({ startSeconds: piece.startSeconds, endSeconds: piece.endSeconds });
      }
    }
    const fresh = stretches.filter((stretch) => !spans.some((span) => overlap(span, stretch) > 0.5));
    spans.push(...fresh.map((stretch) => ({ ...describe(stretch, matches, terms), level })));
  }
  return spans.sort((a, b) => b.level - a.level || b.confidence - a.confidence || a.startSeconds - b.startSeconds).map(({ level: _, ...span }) => span);
}

function describe({ startSeconds, endSeconds }: Segment, matches: readonly Match[], terms: number): FoundSpan {
  const inside = matches.filter((match) => match.startSeconds < endSeconds && match.endSeconds > startSeconds);
  const sure = ({ weight, event }: Match): number => weight * event.confidence;
  const best = new Map<number, Match>();
  for (const match of inside) {
    const other = best.get(match.term);
    if (!other || sure(match) > sure(other)) {
      best.set(match.term, match);
    }
  }
  const chosen = [...best.values()].sort((a, b) => sure(b) - sure(a));
  const shown = chosen.map(({ event }) => event.bestSeconds).find((seconds) => seconds !== undefined && seconds >= startSeconds && seconds < endSeconds);
  return {
    startSeconds,
    endSeconds,
    confidence: chosen.reduce((sum, match) => sum + sure(match), 0) / terms,
    reasons: [...new Set(chosen.map(({ event }) => event.label))],
    ...(shown === undefined ? {} : { bestSeconds: shown }),
  };
}

/** Of both together, what they have in common: 0…1. */
export function overlap(a: Segment, b: Segment): number {
  const shared = Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
  const together = a.endSeconds - a.startSeconds + b.endSeconds - b.startSeconds - Math.max(0, shared);
  return shared > 0 && together > 0 ? shared / together : 0;
}
