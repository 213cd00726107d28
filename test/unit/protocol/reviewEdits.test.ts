import { describe, expect, it } from 'vitest';
import { type AnnotatedSegment, applyAnnotationEdits, decide, emptyAnnotations, type Provenance } from '../../../server/protocol/index.js';

const hand = { annotator: 'Ann', at: '2026-01-01T00:00:00Z' };
const before: Provenance = { author: 'Bob', at: '2020-01-01T00:00:00Z' };

function decided(segment: AnnotatedSegment, status: 'accepted' | 'rejected'): AnnotatedSegment | undefined {
  const document = { ...emptyAnnotations({ path: 'a.mp4' }), segments: [segment] };
  return applyAnnotationEdits(document, decide('segments', segment, status, hand)).document?.segments[0];
}

describe('a suggestion that only filled a field of a segment that somebody made', () => {
  const segment: AnnotatedSegment = {
    id: 's1',
    start: 0,
    end: 1,
    label: 'opens',
    caption: 'A red ball.',
    provenance: { ...before, model: { id: 'tiny' }, status: 'suggested', filled: { fields: ['caption'], before } },
  };

  it('goes when it is rejected, and the segment is as it was; the field is not suggested again', () => {
    expect(decided(segment, 'rejected')).toEqual({ id: 's1', start: 0, end: 1, label: 'opens', provenance: { ...before, refused: ['caption'] } });
  });

  it('stays when it is accepted, and says which field is the model’s', () => {
    expect(decided(segment, 'accepted')).toEqual({
      ...segment,
      provenance: { ...before, model: { id: 'tiny' }, status: 'accepted', filled: { fields: ['caption'] }, reviewer: 'Ann', reviewedAt: hand.at },
    });
  });

  it('is no way back any more once it was accepted: then the whole segment is rejected', () => {
    const accepted = decided(segment, 'accepted');
    expect(accepted && decided(accepted, 'rejected')).toMatchObject({ caption: 'A red ball.', provenance: { status: 'rejected' } });
  });
});
