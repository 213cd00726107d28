/** Start and end in seconds. Files have them in the wrong order at times. */
export type Span = readonly [start: number, end: number];

/** Of the time of both together, what they have in common, 0…1; 0 for spans without length. */
export function spanOverlap(a: Span, b: Span): number {
  const [from, to] = [Math.min(...a), Math.max(...a)];
  const [first, last] = [Math.min(...b), Math.max(...b)];
  const shared = Math.max(0, Math.min(to, last) - Math.max(from, first));
  const together = to - from + (last - first) - shared;
  return together > 0 ? shared / together : 0;
}
