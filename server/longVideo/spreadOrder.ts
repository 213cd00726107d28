/**
 * All numbers below `count` in an order of which every beginning is spread evenly: the middles of halves, of quarters, of
 * eighths, … The order does not depend on how many of them are taken.
 */
export function spreadOrder(count: number): number[] {
  const order = new Set<number>();
  for (let parts = 1; order.size < count; parts *= 2) {
    for (let place = 0; place < parts; place++) order.add(Math.floor(((bitsReversed(place, parts) + 0.5) * count) / parts));
  }
  return [...order];
}

/** Below 8: 0, 4, 2, 6, 1, 5, 3, 7. */
function bitsReversed(number: number, powerOfTwo: number): number {
  let result = 0;
  for (let bit = 1; bit < powerOfTwo; bit *= 2) result = 2 * result + (Math.floor(number / bit) % 2);
  return result;
}
