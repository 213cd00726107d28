import { z } from 'zod';
import { literal, wholeNumber } from '../../language/gbnf.js';
import { type AnswerForm, answerForm } from '../../models/answerForm.js';
import type { Manifest } from '../../models/manifest.js';
import { renderTemplate } from '../../models/renderTemplate.js';
import type { Segment } from '../../protocol/index.js';

type LocateRules = NonNullable<NonNullable<Manifest['prompts']>['locate']>;

const usual: LocateRules = {
  question: 'When can this be seen: {{ query }}? Answer with its first and its last second.',
  answer: 'From {{ start }} to {{ end }} seconds.',
  absent: 'It cannot be seen.',
  unit: 'seconds',
};

/** A question for times, what may be answered, and how that is read. */
export interface TimesPrompt {
  question: string;
  /** GBNF. */
  grammar: string;
  form: AnswerForm;
  /** @returns undefined where there is no such thing; spans of no length as they are */
  read(answer: string): Segment | undefined;
}

/** Whether a query is a question for times already. */
export function asksWhen(query: string): boolean {
  return questionWords.test(query.trim());
}

const questionWords = /^(?:when|at what|at which|during|from when|in which|what time|什么时候|何时)|[?？]\s*$/i;

/**
 * How a model that tells times by itself is asked when something is to be seen. A query that is a question already is
 * asked as it is.
 *
 * @param part what the model is shown: its hundredths are counted from there, its seconds from the clip's beginning
 * @throws ManifestInvalid if the manifest's question cannot be rendered
 */
export function timesPrompt({ id, prompts }: Manifest, query: string, part: Segment): TimesPrompt {
  const { question, answer, absent, unit } = prompts?.locate ?? usual;
  const number = unit === 'seconds' ? `${wholeNumber(Math.ceil(part.endSeconds))} ("." [0-9])?` : '[0-9] [0-9]';
  const [before = '', middle = '', after = ''] = answer.split(/\{\{\s*(?:start|end)\s*\}\}/);
  const says = [literal(before), 'n', literal(middle), 'n', literal(after)].join(' ');
  const length = part.endSeconds - part.startSeconds;
  const secondsOf = (text: string, more: number): number => (unit === 'seconds' ? Number(text) : part.startSeconds + ((Number(text) + more) * length) / 100);
  const most = unit === 'seconds' ? Math.ceil(part.endSeconds) : 99;
  const told = (value: number): string => (unit === 'seconds' ? String(Math.round(value * 10) / 10) : String(Math.round(value)).padStart(2, '0'));
  const time = z.number().min(0).max(most);
  return {
    form: answerForm(z.strictObject({ seen: z.boolean(), start: time, end: time }), ({ seen, start, end }) => (seen || absent === undefined ? `${before}${told(start)}${middle}${told(end)}${after}` : absent)),
    question: asksWhen(query) ? query.trim() : renderTemplate(question, { query: query.trim() }, id),
    grammar: `root ::= " "? (${says}${absent === undefined ? '' : ` | ${literal(absent)}`})\nn ::= ${number}`,
    read: (text) => {
      const [start, end] = absent !== undefined && text.trim() === absent.trim() ? [] : (text.slice(text.indexOf(before.trim()) + before.trim().length).match(/\d+(?:\.\d)?/g) ?? []);
      // A hundredth lasts as long as it does, and the last one is seen too.
      return start === undefined || end === undefined ? undefined : { startSeconds: secondsOf(start, 0), endSeconds: secondsOf(end, start === end ? 1 : 0) };
    },
  };
}
