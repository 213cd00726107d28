import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnnotatedSegment, type AnnotationDocument, emptyAnnotations } from '../../../server/protocol/annotation.js';
import { type AnnotationEdit, applyAnnotationEdits } from '../../../server/protocol/annotationEdit.js';
import { type ClipGrid, clipEnd, edgeIndex, edgeTime, fitSpan, fitTime } from '../../../server/protocol/clipGrid.js';
import { invertEdits } from '../../fixtures/invertEdits.js';
import { changeItem, decide } from '../../../server/protocol/reviewEdits.js';
import {
  addSegment,
  duplicateSegment,
  mergeSegments,
  moveEnd,
  moveSegment,
  moveStart,
  setTimes,
  splitSegment,
} from '../../../server/protocol/segmentEdits.js';
import { nearest, snapTime } from '../../../server/protocol/snapTime.js';

const hand = { annotator: 'ada', at: '2026-01-02T03:04:05Z' };

/** Clips of constant and variable frame rate, with frames from 1 to 1000 per second. */
const timesOf = fc
  .array(fc.integer({ min: 1000, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
  .map((microseconds) => Float64Array.from(microseconds.map((_, i) => microseconds.slice(0, i).reduce((sum, each) => sum + each, 0) / 1e6)));
const grids: fc.Arbitrary<ClipGrid> = fc
  .record({ times: timesOf, last: fc.integer({ min: 1000, max: 1_000_000 }), known: fc.boolean(), snap: fc.boolean() })
  .map(({ times, last, known, snap }) => ({ times: known ? times : new Float64Array(), durationSeconds: (times.at(-1) ?? 0) + last / 1e6, snap }));
const anyTime = fc.oneof(fc.double({ min: -5, max: 70, noNaN: true }), fc.constantFrom(-1e9, 0, 1e9));

const clips = fc.tuple(grids, fc.array(fc.tuple(anyTime, anyTime), { minLength: 1, maxLength: 6 })).map(([grid, spans]) => {
  const segments = spans.map(([a, b], i): AnnotatedSegment => ({ id: `s${i}`, ...fitSpan(grid, a, b), label: `l${i % 2}`, caption: i % 3 ? `c${i}` : '' }));
  const start = emptyAnnotations({ path: 'a.mp4' });
  const edits = segments.map((item): AnnotationEdit => ({ op: 'add', list: 'segments', item }));
  return { grid, document: apply(start, edits) };
});

function apply(document: AnnotationDocument, edits: AnnotationEdit[]): AnnotationDocument {
  const { document: result, refused } = applyAnnotationEdits(document, edits);
  if (!result) {
    throw new Error(`refused: ${refused.reason}`);
  }
  return result;
}

function expectSound(grid: ClipGrid, document: AnnotationDocument): void {
  for (const { start, end } of document.segments) {
    expect(start).toBeLessThan(end);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(clipEnd(grid));
    if (grid.snap && grid.times.length > 0) {
      expect([edgeTime(grid, edgeIndex(grid, start)), edgeTime(grid, edgeIndex(grid, end))]).toEqual([start, end]);
    }
  }
}

const byId = (document: AnnotationDocument): AnnotationDocument => ({ ...document, segments: [...document.segments].sort((a, b) => (a.id < b.id ? -1 : 1)) });

type Operation = (grid: ClipGrid, document: AnnotationDocument, segment: AnnotatedSegment, a: number, b: number) => AnnotationEdit[];
const operations: Record<string, Operation> = {
  add: (grid, _document, _segment, a, b) => addSegment(grid, { id: 'new', start: a, end: b, label: 'x' }, hand),
  move: (grid, _document, segment, a) => moveSegment(grid, segment, a, hand, 'speech'),
  moveStart: (grid, _document, segment, a) => moveStart(grid, segment, a, hand),
  moveEnd: (grid, _document, segment, a) => moveEnd(grid, segment, a, hand),
  setTimes: (grid, _document, segment, a, b) => setTimes(grid, segment, a, b, hand),
  split: (grid, _document, segment, a) => splitSegment(grid, segment, a, 'new', hand),
  merge: (_grid, document) => mergeSegments(document.segments, hand),
  duplicate: (grid, _document, segment) => duplicateSegment(grid, segment, 'new', hand),
};

describe('edits of segments', () => {
  it.each(Object.entries(operations))('%s leaves segments that are not empty, in the clip and on frames, and can be taken back', (_name, operation) => {
    fc.assert(
      fc.property(clips, fc.nat(), anyTime, anyTime, ({ grid, document }, which, a, b) => {
        const segment = document.segments[which % document.segments.length];
        const edits = segment ? operation(grid, document, segment, a, b) : [];
        const after = apply(document, edits);
        expectSound(grid, after);
        expect(byId(apply(after, invertEdits(document, edits) ?? []))).toEqual(byId(document));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the original back when what was split is merged', () => {
    fc.assert(
      fc.property(clips, fc.double({ min: 0, max: 1, noNaN: true }), ({ grid, document }, share) => {
        const [segment] = document.segments;
        const edits = segment ? splitSegment(grid, segment, segment.start + share * (segment.end - segment.start), 'new', hand) : [];
        const split = apply(document, edits);
        const parts = split.segments.filter(({ id }) => id === segment?.id || id === 'new');
        expect(apply(split, edits.length ? mergeSegments(parts, hand) : [])).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  it('moves a segment there and back', () => {
    fc.assert(
      fc.property(clips, anyTime, ({ grid, document }, to) => {
        const [segment] = document.segments;
        if (segment && grid.snap && grid.times.length > 0) {
          const moved = apply(document, moveSegment(grid, segment, to, hand)).segments.find(({ id }) => id === segment.id);
          expect(moved && apply(apply(document, moveSegment(grid, segment, to, hand)), moveSegment(grid, moved, segment.start, hand)).segments.find(({ id }) => id === segment.id)).toEqual(segment);
        }
      }),
    );
  });

  it('cuts only inside', () => {
    const grid = { times: Float64Array.from([0, 0.1, 0.2, 0.3]), durationSeconds: 0.4, snap: true };
    const segment = { id: 's', start: 0.1, end: 0.3, caption: 'x', origin: { import: 'i', index: 3 } };
    expect([0, 0.1, 0.12, 0.29, 0.3, 9].map((at) => splitSegment(grid, segment, at, 'n', hand).length)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(splitSegment(grid, segment, 0.21, 'n', hand)).toEqual([
      { op: 'patch', list: 'segments', id: 's', set: { end: 0.2 } },
      { op: 'add', list: 'segments', item: { id: 'n', start: 0.2, end: 0.3, caption: 'x' } },
    ]);
  });

  it('joins what merged segments say', () => {
    const [edit, remove] = mergeSegments(
      [
        { id: 'b', start: 2, end: 3, caption: 'closes it', label: 'close', attributes: { hand: 'left', both: false } },
        { id: 'a', start: 0, end: 1, caption: 'opens it', attributes: { hand: 'right' } },
      ],
      hand,
    );
    expect(edit).toMatchObject({ id: 'a', set: { end: 3, caption: 'opens it closes it', label: 'close', attributes: { hand: 'right', both: false } } });
    expect(remove).toEqual({ op: 'remove', list: 'segments', id: 'b' });
    expect(mergeSegments([{ id: 'a', start: 0, end: 1 }], hand)).toEqual([]);
  });

  it('keeps a segment inside a clip that is shorter than it', () => {
    const grid = { times: Float64Array.from([0, 0.5]), durationSeconds: 1, snap: true };
    expect(moveSegment(grid, { id: 's', start: 0, end: 9 }, 5, hand)).toEqual([{ op: 'patch', list: 'segments', id: 's', set: { end: 1 } }]);
    expect(fitTime({ ...grid, durationSeconds: 0 }, 7)).toBe(0.501);
    expect(fitSpan({ times: new Float64Array(), durationSeconds: 0, snap: true }, 7, 3)).toEqual({ start: 3, end: 7 });
  });
});

describe('who says so', () => {
  const suggested = { id: 's', start: 0, end: 1, caption: 'a', provenance: { author: 'model', model: { id: 'm' }, at: 'then', status: 'suggested', confidence: 0.5 } } as const;

  it('marks a suggestion as edited when a person changes it, once', () => {
    const [edit] = changeItem('segments', suggested, { caption: 'b' }, hand);
    const provenance = { ...suggested.provenance, status: 'edited', reviewer: 'ada', reviewedAt: hand.at } as const;
    expect(edit).toEqual({ op: 'patch', list: 'segments', id: 's', set: { caption: 'b', provenance } });
    expect(changeItem('segments', { ...suggested, provenance }, { caption: 'c' }, hand)).toEqual([{ op: 'patch', list: 'segments', id: 's', set: { caption: 'c' } }]);
    expect(changeItem('segments', suggested, { caption: 'a', label: null, start: undefined }, hand)).toEqual([]);
    expect(changeItem('segments', { id: 's', start: 0, end: 1 }, { label: 'x' }, hand)).toEqual([{ op: 'patch', list: 'segments', id: 's', set: { label: 'x' } }]);
  });

  it('compares values and not their order', () => {
    const item = { ...suggested, attributes: { a: 1, b: null } };
    expect(changeItem('segments', item, { attributes: { b: null, a: 1 } }, hand)).toEqual([]);
    expect(changeItem('segments', item, { attributes: { a: 1, c: null } }, hand)).toHaveLength(1);
  });

  it('accepts and rejects, and changes its mind', () => {
    const accepted = { ...suggested.provenance, status: 'accepted', reviewer: 'ada', reviewedAt: hand.at } as const;
    expect(decide('segments', suggested, 'accepted', hand)).toEqual([{ op: 'patch', list: 'segments', id: 's', set: { provenance: accepted } }]);
    expect(decide('segments', { ...suggested, provenance: accepted }, 'accepted', hand)).toEqual([]);
    expect(decide('segments', { ...suggested, provenance: accepted }, 'rejected', hand)).toMatchObject([{ set: { provenance: { status: 'rejected' } } }]);
    expect(decide('questions', { id: 'q', question: '?' }, 'accepted', hand)).toEqual([]);
    expect(decide('questions', { id: 'q', question: '?' }, 'rejected', { ...hand, annotator: '' })).toEqual([
      { op: 'patch', list: 'questions', id: 'q', set: { provenance: { status: 'rejected', reviewedAt: hand.at } } },
    ]);
  });
});

describe('snapping', () => {
  const grid = { times: Float64Array.from([0, 0.1, 0.2, 0.3, 0.4]), durationSeconds: 0.5, snap: true };

  it('is drawn to the nearest target within reach, and always lands on a frame', () => {
    const targets = { edges: [0.1, 0.33], shots: [0.2], playhead: 0.4 };
    expect(snapTime(grid, 0.22, targets, 0.05)).toEqual({ seconds: 0.2, to: 'shot' });
    expect(snapTime(grid, 0.31, targets, 0.05)).toEqual({ seconds: 0.3, to: 'edge' });
    expect(snapTime(grid, 0.38, targets, 0.05)).toEqual({ seconds: 0.4, to: 'playhead' });
    expect(snapTime(grid, 0.02, targets, 0.05)).toEqual({ seconds: 0 });
    expect(snapTime({ ...grid, snap: false }, 0.2201, targets, 0.05)).toEqual({ seconds: 0.2201 });
  });

  it('finds the nearest of a list', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (values, value) => {
        const ascending = [...values].sort((a, b) => a - b);
        const least = Math.min(...ascending.map((each) => Math.abs(each - value)));
        const found = nearest(ascending, value);
        expect(found === undefined ? Infinity : Math.abs(found - value)).toBe(least);
      }),
    );
  });
});
