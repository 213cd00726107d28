import {
  type AnnotatedSegment,
  type AnnotatedSpan,
  type AnnotationDocument,
  type AnnotationList,
  type AnnotationProblemCode,
  type DatasetManifest,
  type FrameTimes,
  nearestEdge,
  phrase,
  type Phrase,
  timeTolerance,
} from '../../protocol/index.js';
import { attributeProblem } from './attributeProblem.js';
import type { JsonPlaces } from './jsonPlaces.js';
import type { FoundProblem } from './readAnnotations.js';

/** What is known besides the text. Each left out one leaves out its checks. */
export interface ValidationContext {
  dataset?: DatasetManifest;
  /** Of the clip that was found. `missing`: there is none. */
  clip?: 'missing' | { sha256?: string; durationSeconds: number; times?: FrameTimes };
}

/** Times past the end by less than this are rounding, in seconds. */
const endTolerance = 0.001;

type Path = (string | number)[];

/** Checks what the layout alone cannot say. Problems come in the order of the text's lists; none is told twice. */
export function validateAnnotations(document: AnnotationDocument, places: JsonPlaces, context: ValidationContext = {}): FoundProblem[] {
  const problems: FoundProblem[] = [];
  const tell = (code: AnnotationProblemCode, severity: FoundProblem['severity'], path: Path, message: string | Phrase, itemId?: string): void => {
    problems.push({ code, severity, message, ...places.of(path), ...(itemId === undefined ? {} : { itemId }) });
  };
  checkMedia(document, context, tell);
  checkIds(document, tell);
  const known = context.clip === 'missing' ? undefined : context.clip?.durationSeconds;
  const duration = known ?? document.media.duration;
  const checkSpan = (span: AnnotatedSpan, path: Path, itemId: string): void => {
    if (span.end <= span.start) {
      tell('endBeforeStart', 'error', [...path, 'end'], phrase`The end (${span.end} s) is not behind the start (${span.start} s).`, itemId);
    } else if (span.start < 0 || (duration !== undefined && span.end > duration + endTolerance)) {
      const message = phrase`${span.start}–${span.end} s is not inside the clip, which lasts ${duration ?? '?'} s.`;
      tell('outOfRange', 'error', [...path, span.start < 0 ? 'start' : 'end'], message, itemId);
    }
  };
  document.segments.forEach((segment, i) => {
    checkSpan(segment, ['segments', i], segment.id);
    checkSegment(segment, ['segments', i], context, duration, tell);
  });
  checkOverlaps(document.segments, context.dataset, tell);
  checkCopies(document, tell);
  document.questions.forEach(({ id, span, options, correct }, i) => {
    if (span) {
      checkSpan(span, ['questions', i, 'span'], id);
    }
    if (correct !== undefined && correct >= (options?.length ?? 0)) {
      tell('schema', 'error', ['questions', i, 'correct'], phrase`There is no option ${correct}; the first one is 0.`, id);
    }
  });
  document.conversations.forEach(({ id, turns }, i) =>
    turns.forEach(({ span }, turn) => span && checkSpan(span, ['conversations', i, 'turns', turn, 'span'], id)),
  );
  return problems;
}

type Tell = (code: AnnotationProblemCode, severity: FoundProblem['severity'], path: Path, message: string | Phrase, itemId?: string) => void;

function checkMedia({ media }: AnnotationDocument, { clip }: ValidationContext, tell: Tell): void {
  if (clip === 'missing') {
    tell('mediaMissing', 'error', ['media', 'path'], phrase`There is no clip "${media.path}".`);
  } else if (clip?.sha256 !== undefined && media.sha256 !== undefined && clip.sha256 !== media.sha256) {
    tell('mediaChanged', 'warning', ['media', 'sha256'], phrase`The clip "${media.path}" is another file than the one that was annotated.`);
  }
}

function checkIds(document: AnnotationDocument, tell: Tell): void {
  const seen = new Set<string>();
  for (const list of ['segments', 'questions', 'conversations'] satisfies AnnotationList[]) {
    document[list].forEach(({ id }, i) => {
      if (seen.has(id)) {
        tell('duplicateId', 'error', [list, i, 'id'], phrase`The id "${id}" is used twice.`, id);
      }
      seen.add(id);
    });
  }
}

function checkSegment(segment: AnnotatedSegment, path: Path, context: ValidationContext, duration: number | undefined, tell: Tell): void {
  const { dataset, clip } = context;
  const { id, label, track } = segment;
  if (segment.caption !== undefined && segment.caption.trim() === '') {
    tell('emptyCaption', 'warning', [...path, 'caption'], 'The caption is empty.', id);
  }
  if (track !== undefined && dataset?.tracks && !dataset.tracks.some((each) => each.id === track)) {
    tell('unknownTrack', 'warning', [...path, 'track'], phrase`The dataset has no track "${track}".`, id);
  }
  const rule = dataset?.labels?.find((each) => each.name === label);
  if (label !== undefined && dataset?.labels && !rule) {
    tell('unknownLabel', 'warning', [...path, 'label'], phrase`The dataset has no label "${label}".`, id);
  } else if (rule?.tracks && track !== undefined && !rule.tracks.includes(track)) {
    tell('unknownLabel', 'warning', [...path, 'label'], phrase`The label "${rule.name}" does not belong on the track "${track}".`, id);
  }
  for (const attribute of rule?.attributes ?? []) {
    const value = segment.attributes?.[attribute.name];
    const found = attributeProblem(attribute, value);
    if (found) {
      tell(found.code, found.code === 'badAttribute' ? 'error' : 'warning', value === undefined ? path : [...path, 'attributes', attribute.name], found.message, id);
    }
  }
  const times = typeof clip === 'object' ? clip.times : undefined;
  for (const edge of ['start', 'end'] as const) {
    const seconds = segment[edge];
    const inside = duration !== undefined && seconds >= 0 && seconds <= duration;
    if (times && inside && Math.abs(nearestEdge(times, seconds, duration) - seconds) > 2 * timeTolerance) {
      tell('offFrame', 'information', [...path, edge], phrase`${seconds} s is not where a frame begins.`, id);
    }
  }
}

/** Pairs of neighbours on tracks where segments may not overlap. */
function checkOverlaps(segments: readonly AnnotatedSegment[], dataset: DatasetManifest | undefined, tell: Tell): void {
  const usual = dataset?.tracks?.[0]?.id;
  for (const { id: track } of dataset?.tracks?.filter(({ overlap }) => overlap === false) ?? []) {
    const own = segments
      .map((segment, i) => ({ segment, i }))
      .filter(({ segment }) => (segment.track ?? usual) === track && segment.provenance?.status !== 'rejected')
      .sort((a, b) => a.segment.start - b.segment.start);
    let last: AnnotatedSegment | undefined;
    for (const { segment, i } of own) {
      if (last && segment.start < last.end - timeTolerance) {
        const message = phrase`This overlaps the segment at ${last.start}–${last.end} s; the track "${track}" does not allow that.`;
        tell('overlap', 'error', ['segments', i, 'start'], message, segment.id);
      }
      last = last && last.end > segment.end ? last : segment;
    }
  }
}

function checkCopies({ segments, questions }: AnnotationDocument, tell: Tell): void {
  const seen = new Set<string>();
  const check = (key: unknown[], path: Path, id: string): void => {
    const text = JSON.stringify(key);
    if (seen.has(text)) {
      tell('duplicateItem', 'warning', path, 'The same stands above already.', id);
    }
    seen.add(text);
  };
  segments.forEach(({ id, start, end, track, label, caption }, i) => check([start, end, track, label, caption], ['segments', i], id));
  questions.forEach(({ id, question, answer, span }, i) => check([question, answer, span?.start, span?.end], ['questions', i], id));
}
