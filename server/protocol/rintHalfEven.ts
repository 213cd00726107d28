/** Rounds to the nearest integer, ties to the even one: numpy's `rint` and Python's `round`, not `Math.round`. */
export function rintHalfEven(x: number): number {
  const floor = Math.floor(x);
  const fraction = x - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
