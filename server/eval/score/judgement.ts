import { z } from 'zod';
import { type AnswerForm, answerForm } from '../../models/answerForm.js';

/** What a judge is asked about an answer. The first five are Video-ChatGPT's; `match` is that of open questions. */
export const aspects = ['correctness', 'detail', 'context', 'temporal', 'consistency', 'match'] as const;
export type Aspect = (typeof aspects)[number];

export interface Judged {
  question: string;
  /** The second wording of the question, for `consistency`. */
  secondQuestion?: string;
  answer: string;
  predicted: string;
  secondPredicted?: string;
}

export interface Judgement {
  /** 0…5. */
  score: number;
  /** With `match`: whether the answers mean the same. */
  match?: boolean;
}

const criteria: Record<Aspect, string> = {
  correctness: 'whether what the prediction says is true: nothing in it may contradict the correct answer',
  detail: 'whether the prediction is complete and specific: it should hold the points of the correct answer, and not only in general words',
  context: 'whether the prediction understands what the video is about as a whole, as the correct answer does',
  temporal: 'whether the prediction has the events in the right order and at the right times',
  consistency: 'whether the two predictions, which answer two wordings of one question, agree with each other and with the correct answer',
  match: 'whether the prediction means the same as the correct answer; other words for it count as a match',
};

/** What a judge is asked. It answers with a dictionary. */
export function judgePrompt(aspect: Aspect, { question, secondQuestion, answer, predicted, secondPredicted }: Judged): string {
  const form = aspect === 'match' ? `{'pred': 'yes' or 'no', 'score': whole number}` : `{'score': number}`;
  return [
    'You evaluate answers to questions about videos.',
    `Compare the prediction with the correct answer, and rate from 0 to 5, where 5 is best, ${criteria[aspect]}.`,
    '',
    `Question: ${question}`,
    ...(secondQuestion === undefined ? [] : [`Second wording of the question: ${secondQuestion}`]),
    `Correct answer: ${answer}`,
    `Prediction: ${predicted}`,
    ...(secondPredicted === undefined ? [] : [`Prediction for the second wording: ${secondPredicted}`]),
    '',
    `Answer with a Python dictionary and nothing else, in this form: ${form}`,
  ].join('\n');
}

/** GBNF of what a judge may answer. */
export function judgeGrammar(aspect: Aspect): string {
  return aspect === 'match'
    ? `root ::= " "? "{'pred': '" ("yes" | "no") "', 'score': " [0-5] "}"`
    : `root ::= " "? "{'score': " ("5" (".0")? | [0-4] ("." [0-9])?) "}"`;
}

/** The same in JSON. */
export function judgeForm(aspect: Aspect): AnswerForm {
  return aspect === 'match'
    ? answerForm(z.strictObject({ pred: z.enum(['yes', 'no']), score: z.int().min(0).max(5) }), ({ pred, score }) => `{'pred': '${pred}', 'score': ${score}}`)
    : answerForm(z.strictObject({ score: z.number().min(0).max(5) }), ({ score }) => `{'score': ${Math.round(score * 10) / 10}}`);
}

/**
 * Reads a judge's dictionary, with the quotes of Python or of JSON, in a block of code, or between other words.
 *
 * @returns undefined where it holds no score from 0 to 5
 */
export function readJudgement(text: string): Judgement | undefined {
  for (const [dictionary] of text.slice(0, 20_000).matchAll(/\{[^{}]*\}/g)) {
    const member = (name: string, value: string): string | undefined => new RegExp(`["'“‘]?\\b${name}\\b["'”’]?\\s*[:=]\\s*["'“‘]?\\s*(${value})`, 'i').exec(dictionary)?.[1];
    const score = Number(member('score', String.raw`-?\d+(?:\.\d+)?`));
    const match = member('pred', 'yes|no|true|false');
    if (score >= 0 && score <= 5) {
      return { score, ...(match === undefined ? {} : { match: /yes|true/i.test(match) }) };
    }
  }
  return undefined;
}
