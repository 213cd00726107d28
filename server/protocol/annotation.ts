/**
 * The annotation document, `<video>.videochat.json`: what people and models have said about one clip. It is a text
 * file that lives in git, so each segment, question and turn is one line, keys come in a fixed order, and whatever
 * another tool has added is kept. Times are seconds of media time from the first frame.
 * `dataset.ts` has what goes over many of them.
 */

/** `format` of every annotation document. */
export const annotationFormat = 'videochat-annotations';
/** Version of the layout. A reader refuses a higher one, and never rewrites it. */
export const annotationVersion = 1;
/** How names of annotation documents end. */
export const annotationSuffix = '.videochat.json';

export interface AnnotationDocument {
  format: typeof annotationFormat;
  version: number;
  media: AnnotatedMedia;
  /** What the whole clip shows. */
  description?: string;
  /** Who says so of the description. */
  descriptionProvenance?: Provenance;
  tags?: string[];
  segments: AnnotatedSegment[];
  questions: AnnotatedQuestion[];
  conversations: AnnotatedConversation[];
  /** Where an import found this clip, and what of it has no place here; see `dataset.ts`. */
  origin?: Origin[];
}

/** Which clip it is about. */
export interface AnnotatedMedia {
  /** Relative to the document, with `/`. A dataset's document may name it relative to a media root of the dataset. */
  path: string;
  /** SHA-256 of the file's bytes, hex. Left out until somebody had the file at hand. */
  sha256?: string;
  /** Seconds, from the first frame's presentation to the end of the last. */
  duration?: number;
  /** Average frames per second. */
  fps?: number;
  frameCount?: number;
  /** Of the picture's stream, e.g. `1/15360`. */
  timeBase?: string;
}

export type AnnotationStatus = 'suggested' | 'accepted' | 'edited' | 'rejected';

/** Who says so. An item without it was made by a person before anyone kept account. */
export interface Provenance {
  /** A person, or `model`. */
  author?: string;
  /** Where a model has made it. */
  model?: {
    id: string;
    /** SHA-256 of its manifest. */
    manifest?: string;
    /** What it was asked. */
    prompt?: string;
    sampling?: Record<string, number>;
    /** Frame plan, e.g. `videochat:8`. */
    plan?: string;
  };
  /** ISO 8601, UTC. */
  at?: string;
  /** `suggested`: a model's, not looked at. `accepted`: as the model made it. `edited`: changed by a person. */
  status?: AnnotationStatus;
  /** 0…1. */
  confidence?: number;
  /** Who accepted, edited or rejected it. */
  reviewer?: string;
  /**
   * A suggestion filled these empty fields of an item that somebody had made already. While it is `suggested`, `before`
   * is what stood here then: rejecting takes the fields away and puts it back.
   */
  filled?: { fields: string[]; before?: Provenance };
  /** Fields for which a suggestion was rejected: none is made again. */
  refused?: string[];
  /** When: ISO 8601, UTC. `at` stays the time at which it was made. */
  reviewedAt?: string;
}

export type AttributeValue = string | number | boolean | null;

/** Something that goes on for a while. The end is exclusive: the presentation time of the first frame after it. */
export interface AnnotatedSegment {
  /** Unique in the document. */
  id: string;
  start: number;
  end: number;
  /** A row of the timeline; left out: the first track of the dataset, or `main`. */
  track?: string;
  label?: string;
  caption?: string;
  attributes?: Record<string, AttributeValue>;
  provenance?: Provenance;
  origin?: Origin;
}

export interface AnnotatedQuestion {
  id: string;
  question: string;
  answer?: string;
  /** Choices of a multiple-choice question. */
  options?: string[];
  /** Position of the right one. */
  correct?: number;
  /** e.g. `open`, `choice`, `CW`. */
  type?: string;
  span?: AnnotatedSpan;
  provenance?: Provenance;
  origin?: Origin;
}

export interface AnnotatedSpan {
  start: number;
  end: number;
}

export interface AnnotatedConversation {
  id: string;
  turns: AnnotatedTurn[];
  provenance?: Provenance;
  origin?: Origin;
}

export interface AnnotatedTurn {
  role: 'system' | 'user' | 'assistant';
  text: string;
  span?: AnnotatedSpan;
  rating?: 'up' | 'down';
}

/**
 * Where an item came from, so that an export gives back what an import took. `rest` holds what the format says and
 * this document has no place for; only the format named by the import understands it.
 */
export interface Origin {
  /** {@link DatasetImport.id}. */
  import: string;
  /** Position in the imported file. */
  index: number;
  rest?: unknown;
}

/** Lists of a document whose items have ids. */
export type AnnotationList = 'segments' | 'questions' | 'conversations';

export interface AnnotationItems {
  segments: AnnotatedSegment;
  questions: AnnotatedQuestion;
  conversations: AnnotatedConversation;
}

/** A status to show and to filter by: an item that says nothing is a person's own. */
export function statusOf(item: { provenance?: Provenance }): AnnotationStatus | 'own' {
  return item.provenance?.status ?? 'own';
}

/** An empty document about a clip. */
export function emptyAnnotations(media: AnnotatedMedia): AnnotationDocument {
  return { format: annotationFormat, version: annotationVersion, media, segments: [], questions: [], conversations: [] };
}
