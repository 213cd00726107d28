/** How much the first places count more than the next ones; usual for reciprocal rank fusion. */
const damping = 60;

/**
 * Joins orders of the same things that were made by different means, such as words and embeddings: reciprocal rank
 * fusion, which needs no scores that could be compared.
 *
 * @param orders each the best first; what is missing in one counts only in the others
 */
export function fuseRanks<T>(orders: readonly (readonly T[])[], keyOf: (thing: T) => string): T[] {
  const fused = new Map<string, { thing: T; score: number }>();
  for (const order of orders) {
    order.forEach((thing, rank) => {
      const key = keyOf(thing);
      const known = fused.get(key) ?? { thing, score: 0 };
      known.score += 1 / (damping + rank + 1);
      fused.set(key, known);
    });
  }
  return [...fused.values()].sort((a, b) => b.score - a.score).map(({ thing }) => thing);
}
