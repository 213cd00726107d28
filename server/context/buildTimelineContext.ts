import type { Segment, Timeline, TimelineEvent } from '../protocol/index.js';
import { eventLine, type ToldEvent, toldEvent } from './describeEvent.js';
import { type DescriptionLimits, foremost, generalDescription, thingsOf } from './generalDescription.js';
import { neutralText } from './neutralText.js';
import { questionInterest } from './questionInterest.js';
import { cutTo, secondsOf } from './spokenTimes.js';

/** A caption: what somebody, or a model, wrote about a part of a clip. */
export interface TimedText extends Segment {
  text: string;
}

export interface TimelineContextRequest {
  timeline: Timeline;
  /** Captions of parts of the clip, where somebody wrote some. */
  captions?: readonly TimedText[];
  /** Only what happens in it. */
  span?: Segment;
  /** What is asked: events that have to do with it come first when not all fit. */
  question?: string;
  maxTokens: number;
  countTokens(text: string): number;
}

export interface TimelineContext {
  /** In VideoChat-Text's layout: tags, `Second …` lines, general description. Empty where not even its length fits. */
  text: string;
  /** Events the text tells of in a line of their own, by start. */
  events: TimelineEvent[];
  /** Events there was no room for. */
  left: number;
}

/** How much the tags and the general description may tell, tried in this order until they take no more than half of the room. */
const sizes: (DescriptionLimits & { tags: number })[] = [
  { tags: 16, things: 24, spans: 6 },
  { tags: 12, things: 12, spans: 4 },
  { tags: 8, things: 6, spans: 2 },
  { tags: 4, things: 3, spans: 1 },
  { tags: 0, things: 0, spans: 0 },
];

/** Lines in a row that may be too long before no more are tried. */
const patience = 20;

/** A line that may be told: an event's or a caption's. */
interface Candidate {
  told?: ToldEvent;
  caption?: TimedText;
  startSeconds: number;
  /** Place among those that begin at once. */
  order: number;
  interest: number;
  /** Of two that interest alike, the longer one. */
  length: number;
}

/**
 * A clip's timeline as a text that a language model can answer from, in the layout of VideoChat-Text: the tags, one line
 * for each caption, one for each event, then a general description. What does not fit into `maxTokens` is left out, what
 * the question is about last of all; what is told is told in order of time.
 */
export function buildTimelineContext(request: TimelineContextRequest): TimelineContext {
  const { timeline, span, question = '', maxTokens, countTokens } = request;
  const whole = span ?? { startSeconds: 0, endSeconds: Infinity };
  const interestOf = questionInterest(question);
  const events = timeline.events.filter((event) => isIn(event, whole)).map((event) => toldEvent(event, cutTo(event, whole)));
  const captions = (request.captions ?? []).filter((caption) => isIn(caption, whole));
  const fits = (frame: Frame, room: number): boolean => countTokens(textOf(frame, [], [])) <= room;
  const frames = sizes.map((size) => frameOf(timeline, span, events, size, interestOf));
  const frame = frames.find((each) => fits(each, maxTokens / 2)) ?? frames.at(-1);
  if (!frame || !fits(frame, maxTokens)) {
    return { text: '', events: [], left: events.length };
  }
  const candidates = [
    ...captions.map((caption) => ({ caption, startSeconds: caption.startSeconds, interest: 3, length: caption.endSeconds - caption.startSeconds })),
    ...events.map((told) => ({ told, startSeconds: told.times.startSeconds, interest: interestOf(told), length: told.times.endSeconds - told.times.startSeconds })),
  ].map((candidate, order): Candidate => ({ ...candidate, order }));
  const chosen = choose(candidates, maxTokens - countTokens(textOf(frame, [], [])), countTokens);
  const text = (): string => textOf(frame, ...linesOf(chosen));
  // Lines in a text may take a few tokens more than lines alone.
  while (chosen.length > 0 && countTokens(text()) > maxTokens) chosen.length = Math.floor(chosen.length * 0.95);
  const told = new Set(chosen.flatMap(({ told: each }) => (each ? [each.event] : [])));
  const kept = timeline.events.filter((event) => told.has(event));
  return { text: text(), events: kept, left: events.length - kept.length };
}

interface Frame {
  tags: string;
  description: string;
}

function frameOf(timeline: Timeline, span: Segment | undefined, events: readonly ToldEvent[], size: (typeof sizes)[number], interestOf: (told: ToldEvent) => number): Frame {
  const things = (['object', 'action'] as const).flatMap((kind) => foremost(thingsOf(events, kind, interestOf), size.tags));
  const present = (['text', 'speech'] as const).filter((kind) => size.tags > 0 && events.some((told) => told.kind === kind));
  const [from, to] = secondsOf(span ?? { startSeconds: 0, endSeconds: timeline.durationSeconds });
  const lasts = from === to ? 'It is a single picture.' : `The clip lasts ${to} seconds.`;
  return {
    tags: [...things.slice(0, size.tags).map(({ name }) => name.replaceAll('|', '/')), ...present].join(' | '),
    description: generalDescription(events, span ? `This part lasts from ${from} to ${to} seconds.` : lasts, size, interestOf),
  };
}

/** The candidates that get room, most wanted first. */
function choose(candidates: readonly Candidate[], room: number, countTokens: (text: string) => number): Candidate[] {
  const chosen: Candidate[] = [];
  let [left, missed] = [room, 0];
  for (const candidate of [...candidates].sort((a, b) => b.interest - a.interest || b.length - a.length || a.startSeconds - b.startSeconds)) {
    // A number of three digits: numbers are given when all is chosen.
    const line = candidate.told ? eventLine(candidate.told, 100) : candidate.caption ? captionLine(candidate.caption) : '';
    const cost = countTokens(`${line}\n`);
    if (cost > left) {
      if (++missed > patience) break;
      continue;
    }
    left -= cost;
    chosen.push(candidate);
  }
  return chosen;
}

function linesOf(chosen: readonly Candidate[]): [captions: string[], events: string[]] {
  const inTime = [...chosen].sort((a, b) => a.startSeconds - b.startSeconds || a.order - b.order);
  const numbers = new Map<string, number>();
  const next = (kind: string): number => {
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    return number;
  };
  return [
    inTime.flatMap(({ caption }) => (caption ? [captionLine(caption)] : [])),
    inTime.flatMap(({ told }) => (told ? [eventLine(told, next(told.kind))] : [])),
  ];
}

/** `Second 3:a dog runs.`, for longer ones `Second 3-9: a dog runs.` */
function captionLine(caption: TimedText): string {
  const [from, to] = secondsOf(caption);
  const text = neutralText(caption.text, 400).replace(/[.\s]+$/, '');
  return `Second ${from === to ? `${from}:` : `${from}-${to}: `}${text}.`;
}

function textOf({ tags, description }: Frame, captions: readonly string[], events: readonly string[]): string {
  return [...(tags === '' ? [] : [tags]), ...captions, ...events, description].join('\n');
}

function isIn(event: Segment, { startSeconds, endSeconds }: Segment): boolean {
  const { startSeconds: from, endSeconds: to } = event;
  return from < endSeconds && (to > startSeconds || from >= startSeconds);
}
