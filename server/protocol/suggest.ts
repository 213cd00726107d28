import type { AnnotationEdit } from './annotationEdit.js';
import type { SamplingOptions } from './chat.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { TimelineTrack } from './timeline.js';
import type { Segment } from './video.js';

/**
 * What a model can be asked to propose. `caption`: captions of segments that have none. `denseCaption`: segments with
 * captions over the clip or a span. `shots`: segments from shot boundaries. `questions`: question–answer pairs.
 * `conversation`: a dialogue. `labels`: labels of segments that have none. `description`: what the whole clip shows.
 * `timeline`: segments of what perception models notice.
 */
export const suggestTasks = ['caption', 'denseCaption', 'shots', 'questions', 'conversation', 'labels', 'description', 'timeline'] as const;
export type SuggestTask = (typeof suggestTasks)[number];

/** Whether a task needs a model that understands questions. */
export function asksModel(task: SuggestTask): boolean {
  return task !== 'shots' && task !== 'timeline';
}

export interface AnnotateSuggestParams extends Streaming {
  videoPath: string;
  /** Text of the annotation document as it is now, saved or not; left out: there is none. */
  document?: string;
  task: SuggestTask;
  /** Not used by `shots` and `timeline`. */
  modelId?: string;
  /** Only this part of the clip. */
  span?: Segment;
  /** Only these segments, for `caption` and `labels`. */
  segmentIds?: string[];
  /** Labels to choose from, for `labels`. */
  labels?: string[];
  /** Of new segments; left out, for `timeline`: the name of the event's track. */
  track?: string;
  /** Whose events, for `timeline`; left out: `objects`, `text`, `speech` and `people`. */
  timelineTracks?: TimelineTrack[];
  sampling?: SamplingOptions;
}
export interface AnnotateSuggestResult {
  /** Everything in them is `suggested` and says who made it; nothing of a person is touched. */
  edits: AnnotationEdit[];
  /** Why there are fewer than expected, for people; empty when there is nothing to say. */
  note: string;
}
export type AnnotateSuggestProgress =
  | { kind: 'step'; done: number; total: number; what: string }
  /** Edits as they come; the answer holds them all again. */
  | { kind: 'edits'; edits: AnnotationEdit[] };
/** Asks a model for suggestions about one clip. Writes nothing. */
export const AnnotateSuggestRequest = clientRequest<AnnotateSuggestParams, AnnotateSuggestResult, AnnotateSuggestProgress>('annotate/suggest');

export interface AnnotateBatchParams extends Streaming {
  /** Dataset folder, or any folder with videos. */
  path: string;
  task: SuggestTask;
  modelId?: string;
  split?: string;
  /** Go on with the journal of an earlier run of the same task and model; else start anew. */
  resume?: boolean;
  sampling?: SamplingOptions;
  /** Clips at the same time; left out: what the backend bears. */
  concurrency?: number;
}
export interface AnnotateBatchResult {
  clips: number;
  done: number;
  /** Done in an earlier run. */
  skipped: number;
  failed: { videoPath: string; code: number; message: string }[];
  journal: string;
}
export type AnnotateBatchProgress =
  | { kind: 'clip'; videoPath: string; done: number; total: number; items: number; problem?: string }
  | { kind: 'step'; videoPath: string; done: number; total: number; what: string };
/**
 * Suggestions for every clip of a dataset, written into their documents one after the other. Each document is written
 * whole or not at all, and noted in an append-only journal, so that an interrupted run can be resumed.
 */
export const AnnotateBatchRequest = clientRequest<AnnotateBatchParams, AnnotateBatchResult, AnnotateBatchProgress>('annotate/batch');
