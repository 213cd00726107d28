/** Results that wait for an earlier one, for each of several places: more are not begun. */
const aheadPerPlace = 4;

/**
 * Works on items a few at a time, and yields the results in the order of the items. Where the reader is slow, or one item
 * is, no more than a few results wait; with one place, the next is begun when the reader has had the last. Leaving the loop, or a failure, begins no more and waits for what runs: cancel that
 * first.
 */
export async function* inOrder<Item, Result>(items: readonly Item[], width: number, work: (item: Item, index: number) => Promise<Result>): AsyncGenerator<Result> {
  const ahead = width === 1 ? 1 : width * aheadPerPlace;
  const begun = new Map<number, Promise<Result>>();
  let [next, running, given] = [0, 0, 0];
  let isOver = false;
  const fill = (): void => {
    while (!isOver && running < width && next < items.length && next < given + ahead) {
      const index = next++;
      running++;
      const result = Promise.resolve()
        .then(() => work(items[index] as Item, index))
        .finally(() => {
          running--;
          fill();
        });
      // Looked at when its turn comes.
      result.catch(() => undefined);
      begun.set(index, result);
    }
  };
  try {
    for (; given < items.length; given++) {
      fill();
      const result = await begun.get(given);
      begun.delete(given);
      yield result as Result;
    }
  } finally {
    isOver = true;
    await Promise.allSettled(begun.values());
  }
}
