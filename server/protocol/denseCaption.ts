import type { AnswersFrom } from './answersFrom.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { SummarySource, WorkStep } from './summary.js';
import type { Segment, VideoFacts } from './video.js';

export interface DenseCaptionCreateParams extends Streaming {
  videoId: string;
  /** Left out: no model is asked; what perception models notice is listed. */
  modelId?: string;
  /** Left out: `auto`; without a model, `events`. */
  answersFrom?: AnswersFrom | 'events';
  /** Only this part of the clip. */
  span?: Segment;
  /** Longest part that is captioned at once, 0.5 to 8 s; 4 where left out. Parts that say the same become one. */
  windowSeconds?: number;
}

/** What happens in a part of a clip. */
export interface DenseCaption extends Segment {
  text: string;
}

export interface DenseCaptions {
  facts: VideoFacts;
  /** By start. They do not overlap; between them may be parts of which nothing is said. */
  captions: DenseCaption[];
  from: SummarySource;
  /** Why there is less than expected; empty when there is nothing to say. */
  note: string;
  /** Left out where none was asked. */
  model?: { id: string; name: string; demonstration: boolean };
}

export type DenseCaptionProgress = WorkStep | { kind: 'captions'; captions: DenseCaption[] };

/**
 * Says what happens in a clip, event by event. Captions are kept: what was interrupted goes on where it was.
 *
 * @throws VideoUnknown, InvalidParams for a picture or a half that the model does not have, FramePlanInvalid for a part
 *   outside the clip, and what asking the model or looking through the clip throws
 */
export const DenseCaptionCreateRequest = clientRequest<DenseCaptionCreateParams, DenseCaptions, DenseCaptionProgress>('denseCaption/create');

export const denseCaptionFormats = ['webvtt', 'srt', 'activitynet', 'annotations'] as const;
export type DenseCaptionFormat = (typeof denseCaptionFormats)[number];

export interface DenseCaptionExportParams {
  /** One for each clip; several only as `activitynet`. */
  clips: Pick<DenseCaptions, 'facts' | 'captions' | 'model'>[];
  format: DenseCaptionFormat;
}
/**
 * Writes dense captions as text: cues; results as ActivityNet's dense captioning task takes them, with the file's name
 * without its ending as the clip's id; or a new annotation document, whose segments are suggestions.
 */
export const DenseCaptionExportRequest = clientRequest<DenseCaptionExportParams, { text: string }>('denseCaption/export');
