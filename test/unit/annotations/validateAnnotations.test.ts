import { describe, expect, it } from 'vitest';
import { annotationFixes } from '../../../server/common/annotations/annotationFixes.js';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { validateAnnotations, type ValidationContext } from '../../../server/common/annotations/validateAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { type AnnotatedQuestion, type AnnotatedSegment, applyAnnotationEdits, type DatasetManifest, emptyAnnotations } from '../../../server/protocol/index.js';

const dataset: DatasetManifest = {
  format: 'videochat-dataset',
  version: 1,
  tracks: [{ id: 'action', overlap: false }, { id: 'speech' }],
  labels: [
    { name: 'opens', attributes: [{ name: 'hand', type: 'choice', options: ['left', 'right'], required: true }] },
    { name: 'says', tracks: ['speech'] },
  ],
};
const context: ValidationContext = { dataset, clip: { durationSeconds: 10, sha256: 'b'.repeat(64), times: Float64Array.from({ length: 100 }, (_, i) => i / 10) } };

interface Case {
  segments?: AnnotatedSegment[];
  questions?: AnnotatedQuestion[];
}
function check({ segments = [], questions = [] }: Case, where: ValidationContext = context) {
  const made = { ...emptyAnnotations({ path: 'a.mp4', sha256: 'b'.repeat(64) }), segments, questions };
  const text = writeAnnotations(made);
  const { document, places } = readAnnotations(text);
  if (!document) throw new Error('not read');
  const problems = validateAnnotations(document, places, where);
  /** Problems that are left after the first fix of each. */
  const mended = (pick = 0): string[] => {
    let now = document;
    for (const problem of problems) {
      const fix = annotationFixes(now, problem, where)[pick];
      now = (fix && applyAnnotationEdits(now, fix.edits).document) ?? now;
    }
    const again = readAnnotations(writeAnnotations(now));
    return again.document ? validateAnnotations(again.document, again.places, where).map(({ code }) => code) : ['unreadable'];
  };
  return { codes: problems.map(({ code }) => code), places: problems.map(({ offset, length }) => text.slice(offset, offset + length)), mended };
}
const segment = (start: number, end: number, more: Partial<AnnotatedSegment> = {}): AnnotatedSegment => ({ id: `s${start}-${end}`, start, end, ...more });

describe('checking annotations', () => {
  it('finds nothing in a sound document', () => {
    const sound = [segment(0, 1, { label: 'opens', attributes: { hand: 'left' } }), segment(1, 10, { track: 'speech', label: 'says', caption: 'hi' })];
    expect(check({ segments: sound, questions: [{ id: 'q', question: '?', options: ['a'], correct: 0 }] }).codes).toEqual([]);
  });

  const bad: [string, Case, string[], string[]][] = [
    ['an end before its start', { segments: [segment(2, 1)] }, ['endBeforeStart'], ['1']],
    ['a segment past the end', { segments: [segment(9, 12)] }, ['outOfRange'], ['12']],
    ['a segment before the start', { segments: [segment(-1, 1)] }, ['outOfRange'], ['-1']],
    ['an overlap where the track forbids it', { segments: [segment(0, 2), segment(1, 3)] }, ['overlap'], ['1']],
    ['an empty caption', { segments: [segment(0, 1, { caption: ' ' })] }, ['emptyCaption'], ['" "']],
    ['an unknown label', { segments: [segment(0, 1, { label: 'jumps', track: 'speech' })] }, ['unknownLabel'], ['"jumps"']],
    ['an unknown track', { segments: [segment(0, 1, { track: 'x' })] }, ['unknownTrack'], ['"x"']],
    ['the same segment twice', { segments: [segment(0, 1, { track: 'speech' }), segment(0, 1, { id: 'copy', track: 'speech' })] }, ['duplicateItem'], []],
    ['an edge inside a frame', { segments: [segment(0.05, 1)] }, ['offFrame'], ['0.05']],
    ['an id used twice', { segments: [segment(0, 1), segment(2, 3, { id: 's0-1' })] }, ['duplicateId'], ['"s0-1"']],
  ];
  it.each(bad)('finds %s, says where, and can mend it', (_, made, codes, places) => {
    const found = check(made);
    expect(found.codes).toEqual(codes);
    if (places.length > 0) {
      expect(found.places).toEqual(places);
    }
    expect(found.mended()).not.toContain(codes[0]);
  });

  it('finds labels on the wrong track, and attributes that are missing or wrong', () => {
    expect(check({ segments: [segment(0, 1, { label: 'says', track: 'action' })] }).codes).toEqual(['unknownLabel']);
    expect(check({ segments: [segment(0, 1, { label: 'opens' })] }).codes).toEqual(['missingAttribute']);
    expect(check({ segments: [segment(0, 1, { label: 'opens', attributes: { hand: 'third' } })] }).codes).toEqual(['badAttribute']);
  });

  it('finds clips that are missing or changed', () => {
    expect(check({}, { clip: 'missing' }).codes).toEqual(['mediaMissing']);
    const changed = check({}, { clip: { durationSeconds: 10, sha256: 'c'.repeat(64) } });
    expect(changed.codes).toEqual(['mediaChanged']);
    expect(changed.mended()).toEqual([]);
  });

  it('leaves rejected segments out of overlaps, and takes the clip length of the document where no clip is at hand', () => {
    expect(check({ segments: [segment(0, 2), segment(1, 3, { provenance: { status: 'rejected' } })] }).codes).toEqual([]);
    expect(check({ segments: [segment(90, 95)] }, {}).codes).toEqual([]);
  });

  it('finds spans of questions outside the clip and answers that are no option', () => {
    expect(check({ questions: [{ id: 'q', question: '?', span: { start: 5, end: 4 } }] }).codes).toEqual(['endBeforeStart']);
    expect(check({ questions: [{ id: 'q', question: '?', options: ['a'], correct: 1 }] }).codes).toEqual(['schema']);
  });
});
