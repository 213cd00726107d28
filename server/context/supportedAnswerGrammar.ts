import { maxGrammarBytes } from '../language/checkGrammar.js';
import { literal } from '../language/gbnf.js';
import { supportedAnswers } from './supportedAnswers.js';

/**
 * GBNF whose sentences are {@link supportedAnswers}, each after the space that follows a prompt's `Answer:`.
 *
 * @returns undefined where the context bears out more than a grammar may hold
 */
export function supportedAnswerGrammar(context: string): string | undefined {
  const grammar = `root ::= " " (${supportedAnswers(context).map(literal).join(' | ')})`;
  return Buffer.byteLength(grammar) > maxGrammarBytes ? undefined : grammar;
}
