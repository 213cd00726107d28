import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agreement } from '../../../../server/dataset/agreement/agreement.js';
import { bestAssignment } from '../../../../server/dataset/agreement/assignment.js';
import { PairComparison } from '../../../../server/dataset/agreement/compareAnnotators.js';
import { cohensKappa } from '../../../../server/dataset/agreement/kappa.js';
import { matchSegments, temporalIou, type TimedLabel } from '../../../../server/dataset/agreement/matchSegments.js';
import { type AgreementPair, ErrorCode } from '../../../../server/protocol/index.js';
import { DatasetTree, segment } from '../../../fixtures/datasetTree.js';

const at = (start: number, end: number, label = 'x'): TimedLabel => ({ start, end, label });
const segments = fc.array(
  fc.record({ start: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 1, max: 12 }), label: fc.constantFrom('a', 'b', 'c') }).map(({ start, length, label }) => at(start, start + length, label)),
  { maxLength: 7 },
);
const compare = (a: TimedLabel[], b: TimedLabel[], minIou = 0.5): AgreementPair => {
  const comparison = new PairComparison('A', 'B', minIou);
  comparison.add(a, b);
  return comparison.result();
};

/** The best there is, by trying everything. */
function bruteForce(a: readonly TimedLabel[], b: readonly TimedLabel[], minIou: number): { pairs: number; iou: number } {
  const [first, ...rest] = a;
  if (!first) {
    return { pairs: 0, iou: 0 };
  }
  return b
    .map((other, j) => {
      const iou = temporalIou(first, other);
      const others = bruteForce(rest, [...b.slice(0, j), ...b.slice(j + 1)], minIou);
      return iou >= minIou && iou > 0 ? { pairs: others.pairs + 1, iou: others.iou + iou } : others;
    })
    .concat(bruteForce(rest, b, minIou))
    .reduce((best, next) => (next.pairs > best.pairs || (next.pairs === best.pairs && next.iou > best.iou) ? next : best));
}

describe('matching segments', () => {
  it('finds the most pairs, and of those the best overlaps', () => {
    fc.assert(
      fc.property(segments.map((list) => list.slice(0, 5)), segments.map((list) => list.slice(0, 5)), fc.constantFrom(0, 0.3, 0.5), (a, b, minIou) => {
        const found = matchSegments(a, b, minIou);
        const best = bruteForce(a, b, minIou);
        expect(found).toHaveLength(best.pairs);
        expect(found.reduce((sum, { iou }) => sum + iou, 0)).toBeCloseTo(best.iou, 9);
        expect(new Set(found.map((match) => match.a)).size + new Set(found.map((match) => match.b)).size).toBe(2 * found.length);
      }),
    );
  });

  it('does not take the first best where two together are better', () => {
    // Greedy by overlap would pair the middle ones and leave the others alone.
    const found = matchSegments([at(0, 10), at(4, 14)], [at(3, 13), at(7, 17)], 0.3);
    expect(found.map(({ a, b }) => [a.start, b.start])).toEqual([[0, 3], [4, 7]]);
  });

  it('copes with thousands that hang together', () => {
    const many = Array.from({ length: 4000 }, (_, i) => at(i, i + 2));
    expect(matchSegments(many, many, 0.9)).toHaveLength(4000);
    expect(matchSegments(Array.from({ length: 20_000 }, () => at(0, 1)), [at(0, 1)], 0.5)).toHaveLength(1);
  });

  it('assigns as the method says', () => {
    const values = [[7, 5, 0], [6, 1, 0]];
    expect(bestAssignment(2, 3, (i, j) => values[i]?.[j] ?? 0)).toEqual([1, 0]);
    expect(bestAssignment(3, 2, (i, j) => values[j]?.[i] ?? 0)).toEqual([1, 0, -1]);
    expect(bestAssignment(0, 3, () => 1)).toEqual([]);
  });
});

describe('measures of agreement', () => {
  it('are the same from both sides', () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        const [one, other] = [compare(a, b), compare(b, a)];
        expect([one.matched, one.f1]).toEqual([other.matched, other.f1]);
        expect(one.meanIou).toBeCloseTo(other.meanIou, 9);
      }),
    );
  });

  it('are 1 for the same', () => {
    fc.assert(
      fc.property(segments, (a) => {
        const { f1, meanIou, kappa, matched } = compare(a, structuredClone(a));
        expect([f1, matched]).toEqual([1, a.length]);
        expect(meanIou).toBeCloseTo(a.length === 0 ? 0 : 1, 9);
        if (new Set(a.map(({ start, end }) => `${start}-${end}`)).size === a.length) {
          expect(kappa === null || Math.abs(kappa - 1) < 1e-9).toBe(true);
        }
      }),
    );
  });

  it('have the kappa of the textbook', () => {
    const table = (yesYes: number, yesNo: number, noYes: number, noNo: number): number | null =>
      cohensKappa(new Map([['yes', new Map([['yes', yesYes], ['no', yesNo]])], ['no', new Map([['yes', noYes], ['no', noNo]])]]));
    // 50 cases: observed 35/50, by chance 25/50 · 30/50 + 25/50 · 20/50 = 0.5.
    expect(table(20, 5, 10, 15)).toBeCloseTo(0.4, 12);
    expect(table(0, 25, 25, 0)).toBeCloseTo(-1, 12);
    expect(table(50, 0, 0, 0)).toBeNull();
    expect(cohensKappa(new Map())).toBeNull();
  });
});

describe('agreement of folders', () => {
  let tree: DatasetTree;
  beforeEach(async () => void (tree = await DatasetTree.create()));
  afterEach(() => tree.remove());

  it('joins documents by the hash of their clips, or else by path', async () => {
    const media = (path: string, digit?: string): { media: { path: string; sha256?: string } } => ({ media: { path, ...(digit ? { sha256: digit.repeat(64) } : {}) } });
    await tree.document('anna/a.mp4', { ...media('a.mp4', '1'), segments: [{ ...segment('run'), end: 4 }] });
    await tree.document('anna/sub/b.mp4', { ...media('b.mp4'), segments: [segment('run'), { ...segment('sit', 'rejected'), start: 5, end: 6 }] });
    await tree.document('anna/c.mp4', { ...media('c.mp4', '3'), segments: [segment('run')] });
    await tree.document('ben/renamed.mp4', { ...media('renamed.mp4', '1'), segments: [{ ...segment('jump'), end: 3 }] });
    await tree.document('ben/sub/b.mp4', { ...media('b.mp4', '2'), segments: [segment('run')] });
    await tree.document('ben/c.mp4', { ...media('c.mp4', '4'), segments: [segment('run')] });
    await tree.file('ben/broken.mp4.videochat.json', '{');
    expect(await agreement({ paths: [tree.at('anna'), tree.at('ben')] })).toEqual({
      annotators: ['anna', 'ben'],
      pairs: [
        {
          ...{ a: 'anna', b: 'ben', clips: 2, segmentsA: 2, segmentsB: 2, matched: 2, f1: 1, meanIou: 0.875, kappa: 0 },
          confusion: { run: { jump: 1, run: 1 } },
        },
      ],
    });
  });

  it('takes the authors of one dataset apart; reviewers stand for the model', async () => {
    const of = (author: string, members: object = {}): ReturnType<typeof segment> => ({ ...segment('run', 'accepted', author), ...members });
    const reviewed = { ...segment('run'), provenance: { author: 'model', status: 'accepted', reviewer: 'Cleo' } as const };
    await tree.clip('a.mp4', [of('Anna'), of('Ben', { label: 'jump' }), reviewed, segment('run', 'suggested', 'model')]);
    const { annotators, pairs } = await agreement({ paths: [tree.path] });
    expect(annotators).toEqual(['Anna', 'Ben', 'Cleo']);
    expect(pairs.map(({ a, b, f1, confusion }) => [a, b, f1, confusion])).toEqual([
      ['Anna', 'Ben', 1, { run: { jump: 1 } }],
      ['Anna', 'Cleo', 1, { run: { run: 1 } }],
      ['Ben', 'Cleo', 1, { jump: { run: 1 } }],
    ]);
  });

  it('refuses what is no folder', async () => {
    await expect(agreement({ paths: [tree.at('nowhere'), tree.path] })).rejects.toMatchObject({ code: ErrorCode.AnnotationsInvalid });
  });
});
