import { z } from 'zod';

/** A token of an answer, and how likely it was. */
export interface TokenLogProb {
  token: string;
  /** Logarithm of its probability. */
  logProb: number;
  /** Likelier ones that stood at its place, itself among them. */
  top: readonly { token: string; logProb: number }[];
}

const number = z.number().max(0.001).catch(Number.NEGATIVE_INFINITY);
const listed = z.object({ token: z.string(), logprob: number });

/** Of a choice, in a stream or whole. Servers that have none leave it out, or say null. */
export const logProbsSchema = z
  .object({ content: z.array(listed.extend({ top_logprobs: z.array(listed).max(100).nullish() })).max(100_000).nullish() })
  .nullish()
  .catch(undefined);

export function toTokens(logProbs: z.infer<typeof logProbsSchema>): TokenLogProb[] {
  return (logProbs?.content ?? []).map(({ token, logprob, top_logprobs }) => ({
    token,
    logProb: Math.min(0, logprob),
    top: (top_logprobs ?? []).map((each) => ({ token: each.token, logProb: Math.min(0, each.logprob) })),
  }));
}

/** What may stand before a letter in its token, and around it. */
const before = /^[\s("'*[]*/;
const behind = /^\s*(?:$|[).:,;\]*"'\n])/;

/**
 * How likely each letter was where the answer names one: the first token that is a letter alone.
 *
 * @returns logarithms, −Infinity for a letter that was not told; undefined where the answer names none
 */
export function letterLogProbs(tokens: readonly TokenLogProb[], letters: readonly string[]): number[] | undefined {
  const letterOf = (token: string): number => letters.indexOf((/^([A-Za-z])[).:]?\s*$/.exec(token.replace(before, ''))?.[1] ?? '').toUpperCase());
  const place = tokens.findIndex(({ token }, index) => letterOf(token) >= 0 && behind.test(token.replace(before, '').slice(1) + tokens.slice(index + 1).map((next) => next.token).join('')));
  const found = tokens[place];
  if (!found) {
    return undefined;
  }
  // A letter may be told with and without a bracket or a blank before it.
  const sums = letters.map(() => 0);
  for (const { token, logProb } of found.top.some(({ token }) => token === found.token) ? found.top : [...found.top, found]) {
    const index = letterOf(token);
    if (index >= 0) {
      sums[index] = (sums[index] ?? 0) + Math.exp(logProb);
    }
  }
  return sums.map((sum) => Math.log(sum));
}
