import { z } from 'zod';
import { literal, wholeNumber } from '../../language/gbnf.js';
import { type AnswerForm, answerForm } from '../../models/answerForm.js';
import { findAnswerTimes, type Segment } from '../../protocol/index.js';

/** What a reader of timelines says of what they do not hold. */
const absent = 'The timeline does not show that.';
/** Spans of one answer. */
const mostSpans = 12;

/**
 * What a reader of timelines may answer when it is asked when something happens: `From 2 to 9 seconds and at 12.5
 * seconds.`, or that the timeline does not show it. At most {@link longestReply} bytes.
 */
export function readerGrammar(durationSeconds: number): string {
  return [
    `root ::= " "? (("From " range | "At " n) " seconds" (" and " ("from " range | "at " n) " seconds"){0,${mostSpans - 1}} more? "." | ${literal(absent)})`,
    'range ::= n " to " n',
    'more ::= " and " ([1-9] [0-9]{0,2} " more times" | "more")',
    `n ::= ${wholeNumber(Math.ceil(durationSeconds))} ("." [0-9])?`,
  ].join('\n');
}

/** The same in JSON; where a span begins and ends in one moment, it is an instant. */
export function readerForm(durationSeconds: number): AnswerForm {
  const time = z.number().min(0).max(Math.ceil(durationSeconds));
  const told = (value: number): string => String(Math.round(value * 10) / 10);
  return answerForm(z.strictObject({ spans: z.array(z.strictObject({ start: time, end: time })).max(mostSpans) }), ({ spans }) => {
    const parts = spans.map(({ start, end }) => (start === end ? `at ${told(start)} seconds` : `from ${told(start)} to ${told(end)} seconds`));
    const sentence = parts.join(' and ');
    return sentence === '' ? absent : `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  });
}

/** Bytes of the longest sentence of {@link readerGrammar}. */
export const longestReply = 60 * mostSpans;

/** The spans of such an answer, in its order. An instant lasts as long as its last digit says. */
export function readReply(answer: string): Segment[] {
  return findAnswerTimes(answer).map(({ start, end, startSeconds, endSeconds }) => ({
    startSeconds,
    endSeconds: endSeconds ?? startSeconds + (answer.slice(start, end).includes('.') ? 0.1 : 1),
  }));
}
