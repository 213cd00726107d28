import type { AnnotatedSegment } from '../../protocol/index.js';
import { bestAssignment } from './assignment.js';

/** Segments that overlap in one stretch of a clip; nobody who looks at a clip makes as many. */
const mostForBest = 300;
/** How many neighbours are looked at where there are more. */
const neighbours = 64;

export type TimedLabel = Pick<AnnotatedSegment, 'start' | 'end' | 'label'>;

export interface SegmentMatch {
  a: TimedLabel;
  b: TimedLabel;
  iou: number;
}

/** Temporal intersection over union; 0 for what does not overlap. */
export function temporalIou(a: TimedLabel, b: TimedLabel): number {
  const both = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  const either = Math.max(a.end, b.end) - Math.min(a.start, b.start);
  return both > 0 && either > 0 ? both / either : 0;
}

/**
 * Pairs of segments with at least this intersection over union, each segment in one pair at most, such that there are
 * as many pairs as there can be, and of those the ones that overlap best. Labels play no part. Only where more than 300 of
 * each hang together, each takes the best that is left among its neighbours.
 */
export function matchSegments(a: readonly TimedLabel[], b: readonly TimedLabel[], minIou: number): SegmentMatch[] {
  // Whoever does not reach another through overlaps cannot change its pairs: long clips fall apart into short stretches.
  return stretches(a, b).flatMap(([some, others]) => (Math.max(some.length, others.length) > mostForBest ? matchNeighbours : matchStretch)(some, others, minIou));
}

function matchStretch(a: readonly TimedLabel[], b: readonly TimedLabel[], minIou: number): SegmentMatch[] {
  const ious = a.map((one) => Float64Array.from(b, (other) => temporalIou(one, other)));
  const iouOf = (i: number, j: number): number => ious[i]?.[j] ?? 0;
  // One more pair is worth more than any overlaps.
  const enough = (i: number, j: number): boolean => iouOf(i, j) > 0 && iouOf(i, j) >= minIou;
  const bonus = Math.min(a.length, b.length) + 1;
  const chosen = bestAssignment(a.length, b.length, (i, j) => (enough(i, j) ? bonus + iouOf(i, j) : 0));
  return chosen.flatMap((j, i) => {
    const [one, other] = [a[i], b[j]];
    return one && other ? [{ a: one, b: other, iou: iouOf(i, j) }] : [];
  });
}

/** For what is too much to be matched best. Both are in the order of their starts. */
function matchNeighbours(a: readonly TimedLabel[], b: readonly TimedLabel[], minIou: number): SegmentMatch[] {
  const left = new Set(b);
  return a.flatMap((one) => {
    let best: SegmentMatch | undefined;
    let looked = 0;
    for (const other of left) {
      const iou = temporalIou(one, other);
      if (iou > 0 && iou >= minIou && iou > (best?.iou ?? 0)) {
        best = { a: one, b: other, iou };
      }
      if (other.end <= one.start) {
        left.delete(other);
      } else if (other.start >= one.end || ++looked >= neighbours) {
        break;
      }
    }
    if (best) {
      left.delete(best.b);
    }
    return best ?? [];
  });
}

/** Groups of segments between which there is a moment with none. */
function stretches(a: readonly TimedLabel[], b: readonly TimedLabel[]): [TimedLabel[], TimedLabel[]][] {
  const all: { segment: TimedLabel; of: 0 | 1 }[] = [...a.map((segment) => ({ segment, of: 0 as const })), ...b.map((segment) => ({ segment, of: 1 as const }))];
  all.sort((x, y) => x.segment.start - y.segment.start);
  const groups: [TimedLabel[], TimedLabel[]][] = [];
  let end = -Infinity;
  for (const { segment, of } of all) {
    if (segment.start >= end) {
      groups.push([[], []]);
    }
    end = Math.max(end, segment.end);
    groups.at(-1)?.[of].push(segment);
  }
  return groups;
}
