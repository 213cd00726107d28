import { describe, expect, it } from 'vitest';
import { type AnnotationDocument, type AnnotationEdit, type AnnotationStatus, emptyAnnotations } from '../../../../server/protocol/index.js';
import { fittingEdits } from '../../../../server/skills/suggest/fittingEdits.js';

const status = (value: AnnotationStatus): { provenance: { status: AnnotationStatus } } => ({ provenance: { status: value } });
const document: AnnotationDocument = {
  ...emptyAnnotations({ path: 'clip.mp4' }),
  segments: [
    { id: 'own', start: 0, end: 4, caption: 'A ball rolls.' },
    { id: 'no', start: 4, end: 8, caption: 'A cat sleeps.', ...status('rejected') },
    { id: 'bare', start: 8, end: 9, caption: ' ' },
    { id: 'bareNo', start: 9, end: 10, ...status('rejected') },
  ],
  questions: [{ id: 'q', question: 'What moves?', answer: 'Nothing.', ...status('rejected') }],
  conversations: [{ id: 'c', turns: [{ role: 'user', text: 'Hello?' }] }],
};
const segment = (start: number, end: number, caption?: string): AnnotationEdit => ({
  op: 'add',
  list: 'segments',
  item: { id: `new-${start}-${end}`, start, end, ...(caption === undefined ? {} : { caption }), ...status('suggested') },
});
const kept = (edits: AnnotationEdit[]): number[] => {
  const { fitting } = fittingEdits(document, edits);
  return fitting.map((edit) => edits.indexOf(edit));
};

describe('suggestions that a document has a place for', () => {
  it('are those that it does not have, nor had rejected', () => {
    expect(kept([segment(1, 3, 'a ball rolls'), segment(4, 7, 'A cat sleeps'), segment(1, 3, 'A ball bounces.'), segment(5, 9, 'A ball rolls.')])).toEqual([2, 3]);
    expect(kept([segment(0.01, 4), segment(0, 5)])).toEqual([1]);
    expect(
      kept([
        { op: 'add', list: 'questions', item: { id: 'x', question: 'what moves', answer: 'A ball.' } },
        { op: 'add', list: 'questions', item: { id: 'y', question: 'Who moves?', answer: 'A cat.' } },
        { op: 'add', list: 'conversations', item: { id: 'z', turns: [{ role: 'user', text: 'Hello' }] } },
      ]),
    ).toEqual([1]);
  });

  it('are labels of another kind at the same time, or of the same kind at another', () => {
    const labelled = (id: string, label: string, start: number, end: number): AnnotationEdit => ({ op: 'add', list: 'segments', item: { id, label, start, end, ...status('suggested') } });
    const edits = [labelled('a', 'dog', 0, 4), labelled('b', 'cat', 0, 4), labelled('c', 'Dog', 0.5, 4), labelled('d', 'dog', 3, 9)];
    const { fitting } = fittingEdits({ ...document, segments: [] }, edits);
    expect(fitting.map((edit) => edits.indexOf(edit))).toEqual([0, 1, 3]);
  });

  it('fill what is empty only, and not what was rejected', () => {
    const caption = (id: string): AnnotationEdit => ({ op: 'patch', list: 'segments', id, set: { caption: 'New.', ...status('suggested') } });
    expect(kept([caption('own'), caption('bare'), caption('bareNo'), caption('gone')])).toEqual([1]);
    const { document: now } = fittingEdits({ ...document, description: 'Mine.' }, [{ op: 'clip', set: { description: 'Other.' } }]);
    expect(now.description).toBe('Mine.');
  });

  it('never remove anything, and are not made twice among themselves', () => {
    expect(kept([{ op: 'remove', list: 'segments', id: 'own' }, segment(8, 9, 'Dust.'), segment(8, 8.9, 'dust')])).toEqual([1]);
  });
});
