import { z } from 'zod';
import { cleanLine } from './cleanAnswer.js';

export interface QuestionAnswer {
  question: string;
  answer: string;
}

/** Longest text that is looked at, in UTF-16 units. */
const longestText = 100_000;
/** More pairs in one answer are not looked at. */
const mostPairs = 20;
const start = /^\s*(?:[-*]\s*|\d{1,3}[.)]\s*)?\**(q|question|user|human|a|answer|assistant)\s*\d{0,3}\**\s*[:：]\**\s*(.*)$/i;
const pairs = z.array(z.object({ question: z.string(), answer: z.string() })).max(1000);

/** Questions with answers out of what a model wrote: lines that begin with `Q:` and `A:`, or a JSON list. */
export function readPairs(written: string): QuestionAnswer[] {
  const text = written.slice(0, longestText);
  const found = fromJson(text) ?? fromLines(text);
  return found
    .map(({ question, answer }) => ({ question: cleanLine(question), answer: cleanLine(answer) }))
    .filter(({ question, answer }) => question !== '' && answer !== '')
    .slice(0, mostPairs);
}

function fromJson(text: string): QuestionAnswer[] | undefined {
  const [from, to] = [text.indexOf('['), text.lastIndexOf(']')];
  if (from < 0 || to < from) {
    return undefined;
  }
  try {
    return pairs.safeParse(JSON.parse(text.slice(from, to + 1))).data;
  } catch {
    return undefined;
  }
}

function fromLines(text: string): QuestionAnswer[] {
  const found: QuestionAnswer[] = [];
  let open: { side: 'question' | 'answer'; pair: QuestionAnswer } | undefined;
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = start.exec(line) ?? [];
    if (name !== undefined && /^[quh]/i.test(name)) {
      open = { side: 'question', pair: { question: rest, answer: '' } };
      found.push(open.pair);
    } else if (name !== undefined && open?.pair.answer === '') {
      open = { side: 'answer', pair: open.pair };
      open.pair.answer = rest;
    } else if (name === undefined && open) {
      open.pair[open.side] += ` ${line}`;
    }
  }
  return found;
}
