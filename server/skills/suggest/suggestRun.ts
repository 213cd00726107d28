import {
  type AnnotatedSegment,
  type AnnotatedSpan,
  type AnnotationDocument,
  type AnnotationEdit,
  type AnnotationItems,
  type AnnotationList,
  type AnnotateSuggestParams,
  type AnnotateSuggestProgress,
  type ClipGrid,
  clipEnd,
  ErrorCode,
  fitSpan,
  type Phrase,
  phrase,
  type Provenance,
  roundTime,
  type TimelineTrack,
  VideoChatError,
  type VideoFacts,
} from '../../protocol/index.js';
import type { Translate } from '../../common/translator.js';
import type { MadeTimeline } from '../../perception/timelineRun.js';
import type { Interviewer, Said } from './interviewer.js';
import { fittingEdits } from './fittingEdits.js';

export interface SuggestPorts {
  params: Pick<AnnotateSuggestParams, 'task' | 'span' | 'segmentIds' | 'labels' | 'track' | 'timelineTracks'>;
  document: AnnotationDocument;
  facts: VideoFacts;
  grid: ClipGrid;
  /** Left out where no model is asked. */
  interviewer?: Interviewer;
  /** ISO 8601, UTC. */
  at: string;
  newId(list: AnnotationList): string;
  /** Where shots begin, in seconds. */
  findShots(): Promise<number[]>;
  /** What perception models notice, of the whole or of the span. */
  findEvents(tracks: readonly TimelineTrack[], onStep: (done: number, total: number) => void): Promise<MadeTimeline>;
  translate: Translate;
  progress(value: AnnotateSuggestProgress): void;
}

/** One task about one clip: what it knows, and what has been suggested so far. */
export class SuggestRun {
  readonly edits: AnnotationEdit[] = [];
  /** The document with the suggestions in it. */
  document: AnnotationDocument;
  private readonly notes: string[] = [];

  constructor(private readonly ports: SuggestPorts) {
    this.document = ports.document;
  }

  get params(): SuggestPorts['params'] {
    return this.ports.params;
  }

  get facts(): VideoFacts {
    return this.ports.facts;
  }

  get grid(): ClipGrid {
    return this.ports.grid;
  }

  /** @throws VideoChatError InvalidParams where no model was named */
  get interviewer(): Interviewer {
    const { interviewer } = this.ports;
    if (!interviewer) {
      throw new VideoChatError(ErrorCode.InvalidParams, 'No model was named to be asked.', { hint: 'Name one in modelId.' });
    }
    return interviewer;
  }

  /** What is looked at; undefined: the whole, and for a picture. */
  get span(): AnnotatedSpan | undefined {
    const { span } = this.params;
    return span && this.facts.kind === 'video' ? fitSpan(this.grid, span.startSeconds, span.endSeconds) : undefined;
  }

  /** The same with times for the whole clip too. Undefined for what has no duration. */
  get stretch(): AnnotatedSpan | undefined {
    const end = clipEnd(this.grid);
    const isTimed = this.facts.kind === 'video' && Number.isFinite(end) && end > 0;
    return isTimed ? (this.span ?? { start: 0, end }) : undefined;
  }

  findShots(): Promise<number[]> {
    return this.ports.findShots();
  }

  findEvents(tracks: readonly TimelineTrack[]): Promise<MadeTimeline> {
    return this.ports.findEvents(tracks, (done, total) => this.step(done, total, phrase`Looking through the clip`));
  }

  /** Segments that were asked for and were not rejected. */
  get segments(): AnnotatedSegment[] {
    const { segmentIds } = this.params;
    const { span } = this;
    const ids = segmentIds && new Set(segmentIds);
    return this.document.segments.filter(
      ({ id, start, end, provenance }) =>
        provenance?.status !== 'rejected' && (!ids || ids.has(id)) && (!span || (start < span.end && end > span.start)),
    );
  }

  /** The part of the clip that a segment covers; undefined where it covers none. */
  spanOf({ start, end }: AnnotatedSpan): AnnotatedSpan | undefined {
    const limit = clipEnd(this.grid);
    const [from, to] = [Math.max(0, start), Math.min(end, limit)];
    return this.facts.kind === 'video' && to > from ? { start: roundTime(from), end: roundTime(to) } : undefined;
  }

  step(done: number, total: number, what: Phrase): void {
    this.ports.progress({ kind: 'step', done, total, what: this.ports.translate(what) });
  }

  /** Why there is less than expected. */
  note(words: string | Phrase): void {
    const note = this.ports.translate(words);
    if (!this.notes.includes(note)) {
      this.notes.push(note);
    }
  }

  get noted(): string {
    return this.notes.join(' ');
  }

  /** Suggests a new item, unless there is one like it, whatever became of that. */
  add<List extends AnnotationList>(list: List, item: Omit<AnnotationItems[List], 'id' | 'provenance'>, provenance: Provenance): void {
    this.take({ op: 'add', list, item: { id: this.ports.newId(list), ...item, provenance } } as unknown as AnnotationEdit);
  }

  /**
   * Fills a field of a segment that is empty. Who made the segment, and who has looked at it before, stays; that there
   * is something to look at now, and what a model has to do with it, is new. What a person has made or looked at can be
   * had back as it was.
   */
  fill(segment: AnnotatedSegment, set: { caption: string } | { label: string }, model: Said['model']): void {
    const { confidence: _, ...made } = segment.provenance ?? {};
    const isModels = made.author === 'model' && made.reviewer === undefined;
    const provenance: Provenance = { ...made, model, at: isModels ? this.ports.at : (made.at ?? this.ports.at), status: 'suggested', ...filling(segment, set) };
    this.take({ op: 'patch', list: 'segments', id: segment.id, set: { ...set, provenance } });
  }

  describe(description: string, provenance: Provenance): void {
    this.take({ op: 'clip', set: { description, descriptionProvenance: provenance } });
  }

  /** Provenance of what a model has made. Confidence is left out: nothing here measures it. */
  by(model: Said['model']): Provenance {
    return { author: 'model', model, at: this.ports.at, status: 'suggested' };
  }

  private take(edit: AnnotationEdit): void {
    const { document, fitting } = fittingEdits(this.document, [edit]);
    this.document = document;
    if (fitting.length > 0) {
      this.edits.push(...fitting);
      this.ports.progress({ kind: 'edits', edits: fitting });
    }
  }
}

/** Of a segment that is itself a suggestion nobody has looked at, nothing is to be had back. */
function filling({ provenance }: AnnotatedSegment, set: object): Pick<Provenance, 'filled'> {
  const earlier = provenance?.status === 'suggested' ? provenance.filled : { fields: [], before: provenance };
  if (!earlier) {
    return {};
  }
  const { fields, before } = earlier;
  return { filled: { fields: [...new Set([...fields, ...Object.keys(set)])], ...(before ? { before } : {}) } };
}
