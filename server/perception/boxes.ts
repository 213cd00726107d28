import type { Box } from './observations.js';

/** Intersection over union of two boxes; 0 where one has no area. */
export function overlap(a: Box, b: Box): number {
  const shared = intersection(a, b);
  const all = a[2] * a[3] + b[2] * b[3] - shared;
  return all > 0 ? shared / all : 0;
}

/** The share of the smaller box that lies in the other one. */
export function containment(a: Box, b: Box): number {
  const smaller = Math.min(a[2] * a[3], b[2] * b[3]);
  return smaller > 0 ? intersection(a, b) / smaller : 0;
}

function intersection([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  return Math.max(0, width) * Math.max(0, height);
}

/**
 * Keeps the best of those that overlap more than `limit` and are of the same group (non-maximum suppression).
 *
 * @returns best first
 */
export function withoutOverlaps<T extends { score: number; box: Box }>(found: readonly T[], limit: number, groupOf: (each: T) => unknown = () => 0): T[] {
  const kept: T[] = [];
  for (const each of [...found].sort((a, b) => b.score - a.score)) {
    if (!kept.some((better) => groupOf(better) === groupOf(each) && overlap(better.box, each.box) > limit)) {
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
