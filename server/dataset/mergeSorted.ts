/** Sorted sequences as one, which holds one element of each at a time; of equals, the earlier sequence's comes first. */
export async function* mergeSorted<Item>(sequences: readonly AsyncIterable<Item>[], compare: (a: Item, b: Item) => number): AsyncIterable<Item> {
  const heads: { reader: AsyncIterator<Item, unknown>; item: Item }[] = [];
  const open = new Set<AsyncIterator<Item, unknown>>();
  try {
    for (const sequence of sequences) {
      const reader = sequence[Symbol.asyncIterator]() as AsyncIterator<Item, unknown>;
      open.add(reader);
      const found = await reader.next();
      if (found.done !== true) {
        heads.push({ reader, item: found.value });
      }
    }
    while (heads.length > 0) {
      const least = heads.reduce((best, head) => (compare(head.item, best.item) < 0 ? head : best));
      yield least.item;
      const found = await least.reader.next();
      if (found.done === true) {
        heads.splice(heads.indexOf(least), 1);
      } else {
        least.item = found.value;
      }
    }
  } finally {
    for (const reader of open) {
      await reader.return?.();
    }
  }
}
