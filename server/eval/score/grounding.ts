import { type Span, spanOverlap } from './spans.js';

export const groundingThresholds = [0.3, 0.5, 0.7] as const;

export interface GroundingScores {
  items: number;
  /** Share of queries whose first span reaches each of {@link groundingThresholds}. */
  recallAt1: number[];
  meanIou: number;
}

/**
 * R@1 and mIoU.
 *
 * @param queries of each, the right span, and the first that was predicted; undefined where there is none: it counts as 0
 */
export function scoreGrounding(queries: readonly { right: Span; predicted?: Span }[]): GroundingScores {
  const overlaps = queries.map(({ right, predicted }) => (predicted ? spanOverlap(right, predicted) : 0));
  const share = (count: number): number => (queries.length === 0 ? 0 : count / queries.length);
  return {
    items: queries.length,
    recallAt1: groundingThresholds.map((threshold) => share(overlaps.filter((overlap) => overlap >= threshold).length)),
    meanIou: share(overlaps.reduce((sum, overlap) => sum + overlap, 0)),
  };
}
