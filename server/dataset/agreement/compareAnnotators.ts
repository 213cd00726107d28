import type { AgreementPair } from '../../protocol/index.js';
import { cohensKappa } from './kappa.js';
import { matchSegments, type TimedLabel } from './matchSegments.js';

/** Segments of one annotator by clip. A clip without segments counts: somebody has looked at it. */
export type AnnotatorClips = ReadonlyMap<string, readonly TimedLabel[]>;

/** Compares two annotators over the clips that both have looked at. */
export class PairComparison {
  private clips = 0;
  private segmentsA = 0;
  private segmentsB = 0;
  private matched = 0;
  private ious = 0;
  private readonly confusion = new Map<string, Map<string, number>>();

  constructor(
    private readonly a: string,
    private readonly b: string,
    private readonly minIou: number,
  ) {}

  add(a: readonly TimedLabel[], b: readonly TimedLabel[]): void {
    this.clips++;
    this.segmentsA += a.length;
    this.segmentsB += b.length;
    for (const match of matchSegments(a, b, this.minIou)) {
      this.matched++;
      this.ious += match.iou;
      const row = this.confusion.get(match.a.label ?? '') ?? new Map<string, number>();
      this.confusion.set(match.a.label ?? '', row);
      row.set(match.b.label ?? '', (row.get(match.b.label ?? '') ?? 0) + 1);
    }
  }

  result(): AgreementPair {
    const { a, b, clips, segmentsA, segmentsB, matched, ious, confusion } = this;
    return {
      a,
      b,
      clips,
      segmentsA,
      segmentsB,
      matched,
      f1: f1Of(clips, segmentsA + segmentsB, matched),
      meanIou: matched === 0 ? 0 : ious / matched,
      kappa: cohensKappa(confusion),
      confusion: Object.fromEntries([...confusion].map(([label, row]) => [label, Object.fromEntries(row)])),
    };
  }
}

function f1Of(clips: number, segments: number, matched: number): number {
  if (segments === 0) {
    // Two who have found nothing in the same clips agree.
    return clips === 0 ? 0 : 1;
  }
  return (2 * matched) / segments;
}
