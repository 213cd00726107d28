import type { TimedText } from '../context/buildTimelineContext.js';
import type { TokenBudget } from './contextRoom.js';
import { scoreTexts } from './scoreTexts.js';
import { spreadOrder } from './spreadOrder.js';

/** Of the room, what goes to captions that have nothing to do with the question: what comes before and after matters too. */
const spreadShare = 0.25;

/**
 * The captions that have to do with a question, as many as there is room for, and some of the others, spread evenly, so
 * that something of the whole stays; in the order of time. All, where all fit.
 */
export function retrieveCaptions<T extends TimedText>(question: string, captions: readonly T[], { maxTokens, countTokens }: TokenBudget): T[] {
  // A line has its times too.
  const costs = captions.map(({ text }) => countTokens(text) + 6);
  if (sum(costs) <= maxTokens) {
    return [...captions];
  }
  const scores = scoreTexts(question, captions.map(({ text }) => text));
  const chosen = new Set<number>();
  let used = 0;
  const take = (index: number, limit: number): void => {
    const cost = costs[index] ?? 0;
    if (!chosen.has(index) && used + cost <= limit) {
      chosen.add(index);
      used += cost;
    }
  };
  const byScore = captions.map((_, index) => index).filter((index) => (scores[index] ?? 0) > 0).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  byScore.forEach((index) => take(index, maxTokens * (1 - spreadShare)));
  spreadOrder(captions.length).forEach((index) => take(index, maxTokens));
  return captions.filter((_, index) => chosen.has(index));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
