import { spreadOrder } from './spreadOrder.js';

/** Windows of the first look. */
const firstWindows = 8;

/**
 * Numbers of things in rounds: the first round is spread evenly over all of them, each later one lies between what came
 * before and is about as large as all before it, and the rounds together hold each number once, up to a limit. With a
 * higher limit there are the same rounds and more.
 *
 * @param most how many there may be in all rounds together
 */
export function coarseToFine(count: number, most: number): number[][] {
  const order = spreadOrder(count).slice(0, Math.max(1, most));
  const rounds: number[][] = [];
  for (let start = 0, end = firstWindows; start < order.length; start = end, end *= 2) {
    rounds.push(order.slice(start, end).sort((a, b) => a - b));
  }
  return rounds;
}
