import type { Box } from '../observations.js';

/** How much two boxes share: intersection over union, 0…1. */
export function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  const together = a[2] * a[3] + b[2] * b[3] - shared;
  return together > 0 ? shared / together : 0;
}

/**
 * Keeps the best of those that overlap more than `limit` and are of the same group (non-maximum suppression).
 *
 * @returns best first
 */
export function withoutOverlaps<T extends { score: number; box: Box }>(found: readonly T[], limit: number, groupOf: (each: T) => unknown = () => 0): T[] {
  const kept: T[] = [];
  for (const each of [...found].sort((a, b) => b.score - a.score)) {
    if (!kept.some((better) => groupOf(better) === groupOf(each) && overlapOf(better.box, each.box) > limit)) {
      kept.push(each);
    }
  }
  return kept;
}

/** The part of a box inside the picture, from its edges as fractions of it; `undefined` if nothing is. */
export function boxFromEdges(left: number, top: number, right: number, bottom: number): Box | undefined {
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  const [x, y] = [within(left), within(top)];
  const [width, height] = [within(right) - x, within(bottom) - y];
  return width > 0 && height > 0 ? [x, y, width, height] : undefined;
}
