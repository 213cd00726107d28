import { z } from 'zod';
import { literal, wholeNumber } from '../../language/gbnf.js';
import { type AnswerForm, answerForm } from '../../models/answerForm.js';
import type { Manifest } from '../../models/manifest.js';
import type { DenseCaption, Segment } from '../../protocol/index.js';

type DenseCaptionRules = NonNullable<NonNullable<Manifest['prompts']>['denseCaption']>;

const mostEvents = 30;

/** The events of a clip as a model tells them all at once: what may be answered, and how that is read. */
export interface OwnCaptions {
  question: string;
  /** GBNF. */
  grammar: string;
  form: AnswerForm;
  /** The events of an answer, also of one that was cut off. */
  read(answer: string): DenseCaption[];
}

/** @param part what the model is shown: its hundredths are counted from there, its seconds from the clip's beginning */
export function ownCaptions({ question, unit }: DenseCaptionRules, part: Segment): OwnCaptions {
  const number = unit === 'seconds' ? `${wholeNumber(Math.ceil(part.endSeconds))} ("." [0-9])?` : '[0-9] [0-9]';
  const hundredth = (part.endSeconds - part.startSeconds) / 100;
  const secondsOf = (text: string, more: number): number => (unit === 'seconds' ? Number(text) : part.startSeconds + (Number(text) + more) * hundredth);
  const most = unit === 'seconds' ? Math.ceil(part.endSeconds) : 99;
  const told = (value: number): string => (unit === 'seconds' ? String(Math.round(value * 10) / 10) : String(Math.round(value)).padStart(2, '0'));
  const time = z.number().min(0).max(most);
  const events = z.array(z.strictObject({ event: z.string().max(300), start: time, end: time })).max(mostEvents);
  return {
    question,
    form: answerForm(z.strictObject({ events }), (value) => {
      const written = value.events.map(({ event, start, end }) => `{"event": "${event.replace(/["\\\u0000-\u001f]+/g, ' ').trim()}", "timestamps": "from ${told(start)} to ${told(end)}"}`);
      return `[${written.join(', ')}]`;
    }),
    grammar: [
      `root ::= " "? "[" event (", " event){0,${mostEvents - 1}} "]"`,
      `event ::= ${literal('{"event": "')} text ${literal('", "timestamps": "from ')} n " to " n ${literal('"}')}`,
      // What an event is told in, at most.
      String.raw`text ::= [^"\\\x00-\x1f]{1,300}`,
      `n ::= ${number}`,
    ].join('\n'),
    read: (answer) =>
      [...answer.matchAll(/\{"event": "([^"\\]+)", "timestamps": "from (\d+(?:\.\d)?) to (\d+(?:\.\d)?)"\}/g)].map(([, text = '', start = '', end = '']) => ({
        startSeconds: secondsOf(start, 0),
        // A hundredth lasts as long as it does: the last one belongs to the event.
        endSeconds: secondsOf(end, 1),
        text,
      })),
  };
}
