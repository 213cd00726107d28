import { readTimelineContext, type TimelineFacts, type ToldLine } from './readTimelineContext.js';

/** Lines told one after the other in one answer. */
const most = 10;

export const notShown = 'The timeline does not show that.';

/**
 * Every answer of the timeline reader's forms (models/timeline/README.md) that a textual context bears out: which of them
 * is said is for the model to decide, that its names and times are the context's is certain. Of several contexts one
 * after the other, those of each.
 */
export function supportedAnswers(context: string): string[] {
  const answers = context.split(/\n\n(?=Video \d+:\n)/u).flatMap((part) => answersFrom(readTimelineContext(part.replace(/^Video \d+:\n/u, ''))));
  return [...new Set([...answers.filter((answer) => answer !== ''), notShown])];
}

function answersFrom(facts: TimelineFacts): string[] {
  const { lists, length, shots } = facts;
  return [
    ...Object.values(lists).map(({ sentence }) => sentence),
    ...[length, shots].filter((sentence) => sentence !== undefined),
    ...aboutThings(facts),
    ...aboutOrder(facts.lines.filter(({ kind }) => kind === 'object')),
    ...aboutSpeech(linesOf(facts, 'speech')),
    ...summaries(facts),
  ];
}

function linesOf({ lines }: TimelineFacts, kind: string): ToldLine[] {
  return lines.filter((line) => line.kind === kind);
}

/** What there is, when, and how many. */
function aboutThings({ lists, lines }: TimelineFacts): string[] {
  const objects = lists.Objects?.things ?? [];
  const timed = [...objects, ...(lists.Actions?.things ?? []), ...lines.filter(({ kind }) => kind === 'text' || kind === 'shot')];
  return [
    ...objects.map(({ name, times }) => `Yes, ${name} ${times}.`),
    ...objects.map(({ name, count, times }) => `Seen: ${name} ${times}, at most ${count} at once.`),
    ...timed.map(({ times }) => `${capitalised(times)}.`),
  ];
}

function aboutOrder(objects: readonly ToldLine[]): string[] {
  const [first, last] = [objects.at(0), objects.at(-1)];
  return [
    ...(first ? [`First: ${first.told}.`] : []),
    ...(last ? [`Last: ${last.told}.`] : []),
    ...objects.slice(1).map(({ told }) => `After that: ${told}.`),
    ...objects.slice(0, -1).map(({ told }) => `Before that: ${told}.`),
  ];
}

function aboutSpeech(lines: readonly ToldLine[]): string[] {
  if (lines.length === 0) return [];
  const when = lines.slice(0, most).map(({ times }) => times).join(' and ');
  return [`Yes, ${series(lines)}`, `${capitalised(when)}${lines.length > most ? ' and more.' : '.'}`];
}

function summaries(facts: TimelineFacts): string[] {
  const { captions, tags, lists, length = '', shots } = facts;
  const texts = [linesOf(facts, 'text'), linesOf(facts, 'speech')].filter((lines) => lines.length > 0).map((lines) => capitalised(series(lines)));
  if (captions.length > 0) {
    const [first = ''] = captions.map(({ text }) => text);
    const timed = captions.slice(0, most).map(({ from, to, text }) => `${to === undefined ? `At ${from}` : `From ${from} to ${to}`} seconds: ${text}`);
    const brief = captions.slice(0, 2).map(({ text }) => text);
    return [first, brief.join(' '), timed.join(' '), ...texts];
  }
  const all = [length, shots, ...Object.values(lists).map(({ sentence }) => sentence), ...texts];
  return [
    all.filter((sentence) => sentence !== undefined && sentence !== '').join(' '),
    ...(tags.length > 0 ? [`It shows ${tags.join(', ')}.`, tags.slice(0, 2).join(' and ')] : []),
    ...texts,
  ];
}

/** `text 1 "…" from 4 to 6 seconds; text 2 …` */
function series(lines: readonly ToldLine[]): string {
  return `${lines.slice(0, most).map(({ told }) => told).join('; ')}${lines.length > most ? '; and more.' : '.'}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
