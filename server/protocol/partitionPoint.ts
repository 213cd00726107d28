/** How many elements at the front of a list pass a test that none behind them passes; the list is halved to find out. */
export function partitionPoint<Element>(list: ArrayLike<Element>, passes: (element: Element) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(list[middle] as Element)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
