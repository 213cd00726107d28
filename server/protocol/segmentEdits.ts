import type { AnnotatedSegment, AttributeValue } from './annotation.js';
import type { AnnotationEdit, FieldChanges } from './annotationEdit.js';
import { type ClipGrid, clipEnd, fitSpan, fitTime, moveSpan } from './clipGrid.js';
import { changeItem, type Hand, madeBy } from './reviewEdits.js';

/**
 * What can be done to segments of the timeline, each as edits of the document. Segments that come out are not empty,
 * lie within the clip, and on frame edges where the grid asks for it. No edits: nothing would change, or it cannot be.
 */

/** A new segment; its fields beside the times are taken as they are. */
export function addSegment(grid: ClipGrid, segment: AnnotatedSegment, hand: Hand): AnnotationEdit[] {
  const { id, start: _start, end: _end, ...rest } = segment;
  return [{ op: 'add', list: 'segments', item: { id, ...fitSpan(grid, segment.start, segment.end), ...rest, provenance: madeBy(hand) } }];
}

/** Moves the whole segment so that it starts here, and to another track where one is given. */
export function moveSegment(grid: ClipGrid, segment: AnnotatedSegment, start: number, hand: Hand, track?: string): AnnotationEdit[] {
  return change(segment, { ...moveSpan(grid, segment, start), ...(track === undefined ? {} : { track }) }, hand);
}

/** Moves the start. It does not pass the end: a frame at least is left. */
export function moveStart(grid: ClipGrid, segment: AnnotatedSegment, start: number, hand: Hand): AnnotationEdit[] {
  const end = fitTime(grid, segment.end);
  return change(segment, fitSpan(grid, Math.min(start, end), end, 'end'), hand);
}

/** Moves the end. It does not pass the start: a frame at least is left. */
export function moveEnd(grid: ClipGrid, segment: AnnotatedSegment, end: number, hand: Hand): AnnotationEdit[] {
  const start = fitTime(grid, segment.start);
  return change(segment, fitSpan(grid, start, Math.max(end, start), 'start'), hand);
}

/** Both times at once, as typed. */
export function setTimes(grid: ClipGrid, segment: AnnotatedSegment, start: number, end: number, hand: Hand): AnnotationEdit[] {
  return change(segment, fitSpan(grid, start, end), hand);
}

/** Cuts a segment in two; the second part is the new one. Both say the same. */
export function splitSegment(grid: ClipGrid, segment: AnnotatedSegment, at: number, newId: string, hand: Hand): AnnotationEdit[] {
  const cut = fitTime(grid, at);
  if (!(cut > segment.start && cut < segment.end)) {
    return [];
  }
  const first = change(segment, { end: cut }, hand);
  const [patch] = first;
  const provenance = patch?.op === 'patch' ? (patch.set.provenance ?? segment.provenance) : segment.provenance;
  // Where an import found the whole segment, only its first part may go back.
  const { origin: _origin, ...rest } = segment;
  return [...first, { op: 'add', list: 'segments', item: { ...rest, id: newId, start: cut, ...(provenance ? { provenance } : {}) } }];
}

/** Makes one of several: the earliest, as long as all of them. What the others say is added to it. */
export function mergeSegments(segments: readonly AnnotatedSegment[], hand: Hand): AnnotationEdit[] {
  const inOrder = [...segments].sort((a, b) => a.start - b.start || a.end - b.end);
  const [first, ...others] = inOrder;
  if (!first || others.length === 0) {
    return [];
  }
  const captions = [...new Set(inOrder.flatMap(({ caption }) => (caption ? [caption] : [])))];
  const label = inOrder.find((each) => each.label !== undefined)?.label;
  const attributes = Object.assign({}, ...inOrder.toReversed().map((each) => each.attributes ?? {})) as Record<string, AttributeValue>;
  const set: FieldChanges<AnnotatedSegment> = {
    end: Math.max(...inOrder.map(({ end }) => end)),
    ...(label === undefined ? {} : { label }),
    ...(captions.length === 0 ? {} : { caption: captions.join(' ') }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
  return [...change(first, set, hand), ...others.map(({ id }): AnnotationEdit => ({ op: 'remove', list: 'segments', id }))];
}

/** Another of the same length right behind it, or in its place at the clip's end. */
export function duplicateSegment(grid: ClipGrid, segment: AnnotatedSegment, newId: string, hand: Hand): AnnotationEdit[] {
  const length = segment.end - segment.start;
  const fits = segment.end + length <= clipEnd(grid);
  const { origin: _origin, provenance: _provenance, ...rest } = segment;
  const span = moveSpan(grid, segment, fits ? segment.end : segment.start);
  return [{ op: 'add', list: 'segments', item: { ...rest, ...span, id: newId, provenance: madeBy(hand) } }];
}

function change(segment: AnnotatedSegment, set: FieldChanges<AnnotatedSegment>, hand: Hand): AnnotationEdit[] {
  return changeItem('segments', segment, set, hand);
}
