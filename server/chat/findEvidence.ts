import { neutralText } from '../context/neutralText.js';
import { findAnswerTimes, type TimelineEvent } from '../protocol/index.js';

/** How far a time that is said may be from the time of an event, in seconds: times are said in whole seconds. */
const tolerance = 0.75;
/** More are not looked at by a person. */
const mostEvents = 12;

/** One claim of an answer: what stands between full stops, semicolons and ends of lines that are in no quotation. */
const claims = /(?:"[^"\n]*"|“[^”\n]*”|[^.;!?。！？；\n]|[.](?=\d))+/gu;
const quotation = /"[^"\n]*"|“[^”\n]*”/gu;
const denial = /\b(?:no|not|none|nothing|nobody|never|neither)\b|n't\b|没有|不/iu;

/** Words by which an answer speaks of events whose label it does not use. */
const otherWords: Record<string, RegExp> = {
  person: /\b(?:people|somebody|someone)\b/u,
  face: /\bfaces\b/u,
  standing: /\bstands?\b/u,
  sitting: /\bsits?\b/u,
  'arms raised': /\b(?:raised arms?|arms? (?:is |are )?(?:raised|up))\b/u,
  moving: /\b(?:moves?|movement|motion)\b/u,
  shot: /\b(?:scenes?|cuts?)\b/u,
  speech: /\b(?:speaks?|speaking|spoken|talks?|talking|voices?)\b/u,
};

/**
 * The events that an answer rests on: those that its claims name by label or by the text they quote, at the times they
 * give; where a claim gives only a time, the events that begin then. What an answer denies rests on nothing.
 *
 * @param events what the model was told of
 * @returns some of them, by start
 */
export function findEvidence<Told extends { event: TimelineEvent }>(answer: string, events: readonly Told[]): Told[] {
  const found = new Set<Told>();
  for (const [claim] of answer.matchAll(claims)) {
    if (!denial.test(claim.replace(quotation, ''))) {
      evidenceOf(claim, events).forEach((told) => found.add(told));
    }
  }
  return events.filter((told) => found.has(told)).sort((a, b) => a.event.startSeconds - b.event.startSeconds).slice(0, mostEvents);
}

function evidenceOf<Told extends { event: TimelineEvent }>(claim: string, events: readonly Told[]): Told[] {
  const plain = claim.toLowerCase().replace(quotation, '');
  const quoted = claim.toLowerCase();
  const times = findAnswerTimes(claim);
  const named = events.filter(({ event }) => isNamed(event, plain, quoted));
  const isAt = ({ event }: Told): boolean =>
    times.some(({ startSeconds, endSeconds = startSeconds }) => event.startSeconds <= endSeconds + tolerance && event.endSeconds >= startSeconds - tolerance);
  const begins = ({ event }: Told): boolean => times.some(({ startSeconds }) => Math.abs(event.startSeconds - startSeconds) <= tolerance);
  if (named.length > 0) {
    const atTimes = named.filter(begins).length > 0 ? named.filter(begins) : named.filter(isAt);
    return atTimes.length > 0 ? atTimes : named;
  }
  return events.filter((told) => told.event.track !== 'shots' && told.event.track !== 'motion' && begins(told));
}

/** @param plain the claim without what it quotes */
function isNamed({ track, label, source }: TimelineEvent, plain: string, quoted: string): boolean {
  const wordless = track === 'speech' && source !== 'subtitles' && label === 'speech';
  if ((track === 'text' || track === 'speech') && !wordless) {
    const text = neutralText(label).toLowerCase();
    return hasWord(quoted, text) || [...quoted.matchAll(quotation)].some(([part]) => part.length > 4 && text.includes(part.slice(1, -1)));
  }
  return hasWord(plain, label.toLowerCase()) || otherWords[label]?.test(plain) === true;
}

/** Whether a text has a word or several, in the singular or plural, and not as a part of longer words. */
function hasWord(text: string, word: string): boolean {
  const letter = String.raw`[\p{L}\p{N}]`;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const latin = /^[\x20-\u024f]+$/u.test(word);
  return latin ? new RegExp(`(?<!${letter})${escaped}(?:e?s)?(?!${letter})`, 'u').test(text) : text.includes(word);
}
