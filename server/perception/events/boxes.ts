import type { Box } from '../observations.js';

/** Intersection over union of two boxes; 0 where one has no area. */
export function overlap([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  const shared = Math.max(0, width) * Math.max(0, height);
  const all = aw * ah + bw * bh - shared;
  return all > 0 ? shared / all : 0;
}
