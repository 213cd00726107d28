import {
  type AnnotationDocument,
  type AnnotatedSegment,
  type AnnotationEdit,
  type AnnotationList,
  type AnnotationProblemCode,
  nearestEdge,
  phrase,
  type Phrase,
  roundTime,
} from '../../protocol/index.js';
import { newItemId } from './itemId.js';
import type { ValidationContext } from './validateAnnotations.js';

/** A way to mend a problem of a document. */
export interface AnnotationFix {
  title: string | Phrase;
  edits: AnnotationEdit[];
}

const mostLabelsOffered = 12;

/**
 * Ways to mend a problem, the likeliest first; none where only a person can know.
 *
 * @param problem as {@link validateAnnotations} found it in this very document
 */
export function annotationFixes(
  document: AnnotationDocument,
  { code, itemId }: { code: AnnotationProblemCode; itemId?: string | undefined },
  context: ValidationContext = {},
): AnnotationFix[] {
  const found = findItem(document, itemId);
  const segment = document.segments.find(({ id }) => id === itemId);
  const clip = typeof context.clip === 'object' ? context.clip : undefined;
  const duration = clip?.durationSeconds ?? document.media.duration;
  switch (code) {
    case 'endBeforeStart':
      return segment && segment.end < segment.start ? [patch(segment, 'Swap start and end', { start: segment.end, end: segment.start })] : [];
    case 'outOfRange': {
      if (!segment || duration === undefined) {
        return [];
      }
      const [start, end] = [Math.max(0, segment.start), Math.min(duration, segment.end)];
      return start < end ? [patch(segment, 'Cut it to the clip', { start, end: roundTime(end) })] : found ? [remove(found)] : [];
    }
    case 'overlap':
      return segment ? trimOverlap(document, segment, context) : [];
    case 'emptyCaption':
      return segment ? [patch(segment, 'Remove the empty caption', { caption: null })] : [];
    case 'unknownLabel':
      return segment ? (context.dataset?.labels ?? []).slice(0, mostLabelsOffered).map(({ name }) => patch(segment, phrase`Use the label "${name}"`, { label: name })) : [];
    case 'unknownTrack':
      return segment ? (context.dataset?.tracks ?? []).slice(0, mostLabelsOffered).map(({ id }) => patch(segment, phrase`Move it to the track "${id}"`, { track: id })) : [];
    case 'duplicateItem':
      return found ? [remove(found)] : [];
    case 'mediaChanged':
      return clip?.sha256 === undefined ? [] : [{ title: 'It is the same clip: note its new hash', edits: [{ op: 'clip', set: { media: { ...document.media, sha256: clip.sha256 } } }] }];
    case 'offFrame': {
      if (!segment || !clip?.times || duration === undefined) {
        return [];
      }
      const { times } = clip;
      const snap = (each: AnnotatedSegment): { start: number; end: number } => ({
        start: nearestEdge(times, each.start, duration),
        end: nearestEdge(times, each.end, duration),
      });
      const sound = document.segments.filter((each) => snap(each).start < snap(each).end);
      return [
        ...(sound.includes(segment) ? [patch(segment, 'Move its edges to frames', snap(segment))] : []),
        { title: 'Move the edges of all segments to frames', edits: sound.flatMap((each) => patch(each, '', snap(each)).edits) },
      ];
    }
    case 'duplicateId':
      return found ? [freshId(document, found)] : [];
    default:
      return [];
  }
}

interface FoundItem {
  list: AnnotationList;
  id: string;
}

/** The last item of an id: the one that came later is the one to mend. */
function findItem(document: AnnotationDocument, itemId: string | undefined): FoundItem | undefined {
  const lists: AnnotationList[] = ['conversations', 'questions', 'segments'];
  const list = lists.find((each) => document[each].some(({ id }) => id === itemId));
  return list !== undefined && itemId !== undefined ? { list, id: itemId } : undefined;
}

function patch({ id }: AnnotatedSegment, title: string | Phrase, set: Extract<AnnotationEdit, { op: 'patch'; list: 'segments' }>['set']): AnnotationFix {
  return { title, edits: [{ op: 'patch', list: 'segments', id, set }] };
}

function remove({ list, id }: FoundItem): AnnotationFix {
  return { title: 'Remove it', edits: [{ op: 'remove', list, id }] };
}

/** Edits find the first item of an id, so that is the one that gets a new name. */
function freshId(document: AnnotationDocument, { list, id }: FoundItem): AnnotationFix {
  const fresh = newItemId(list);
  const title = phrase`Give one of them the id "${fresh}"`;
  switch (list) {
    case 'segments':
      return { title, edits: renamed(document.segments, id, (item) => ({ op: 'add', list, item: { ...item, id: fresh } }), list) };
    case 'questions':
      return { title, edits: renamed(document.questions, id, (item) => ({ op: 'add', list, item: { ...item, id: fresh } }), list) };
    case 'conversations':
      return { title, edits: renamed(document.conversations, id, (item) => ({ op: 'add', list, item: { ...item, id: fresh } }), list) };
  }
}

function renamed<Item extends { id: string }>(items: readonly Item[], id: string, add: (item: Item) => AnnotationEdit, list: AnnotationList): AnnotationEdit[] {
  const item = items.find((each) => each.id === id);
  return item ? [{ op: 'remove', list, id }, add(item)] : [];
}

/** Begins behind the neighbour, or takes away what lies wholly inside it. */
function trimOverlap({ segments }: AnnotationDocument, segment: AnnotatedSegment, { dataset }: ValidationContext): AnnotationFix[] {
  const usual = dataset?.tracks?.[0]?.id;
  const onTrack = segments.filter((each) => each !== segment && (each.track ?? usual) === (segment.track ?? usual) && each.provenance?.status !== 'rejected');
  const ends = onTrack.filter((each) => each.start <= segment.start && each.end > segment.start).map((each) => each.end);
  const start = Math.max(segment.start, ...ends);
  return start < segment.end ? [patch(segment, phrase`Begin it at ${start} s, behind its neighbour`, { start })] : [remove({ list: 'segments', id: segment.id })];
}
