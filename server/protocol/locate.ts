import type { AnswersFrom } from './answersFrom.js';
import type { ChatProgress } from './chat.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { SummarySource, WorkStep } from './summary.js';
import type { Segment, VideoFacts } from './video.js';

export interface LocateCreateParams extends Streaming {
  videoId: string;
  /** What is looked for: "a dog", or a question: "when does the dog bark?". */
  query: string;
  /** Left out: no model is asked; what perception models notice is searched. */
  modelId?: string;
  /** Left out: `auto`, by what the model can do and what the clip is like; without a model, `events`. */
  answersFrom?: AnswersFrom | 'events';
  /** Only this part of the clip. */
  span?: Segment;
  /** Most spans; 10 unless it says otherwise. */
  most?: number;
}

/** A part of a clip that shows what was looked for. */
export interface LocatedSpan extends Segment {
  /**
   * 0…1. With {@link LocateResult.confidenceOf} `tokens`: how likely the model found the start and the end that it said,
   * as the geometric mean of their probabilities (half where it does not tell); where it has read a timeline, times the confidence of the event that
   * lies there, and a fifth of that where no event has to do with the words of the query. With `events`: of the events found
   * there, times how near their words are to those asked for. What the annotation document beside the clip says counts
   * too: fully where it is a person's word, a suggestion by its confidence, or half.
   */
  confidence: number;
  /** The frame that shows it best, of those that were looked at. */
  bestSeconds: number;
  /** Frames that show it, of those that were looked at; at most 16. */
  frameSeconds: number[];
  /** What speaks for it: labels of events, or what the model has said. */
  reasons: string[];
}

export interface LocateResult {
  facts: VideoFacts;
  query: string;
  /** The likeliest first. */
  spans: LocatedSpan[];
  /** What the spans rest on: other than asked for where a model that reads timelines has found nothing. */
  from: SummarySource;
  confidenceOf: 'tokens' | 'events';
  /** Left out where none was asked. */
  model?: { id: string; name: string; demonstration: boolean; answer: string };
  /** Why there is nothing, or less than expected; left out where there is nothing to say. */
  note?: string;
  totalMs: number;
}

/**
 * Finds when something is to be seen or heard in a clip. A model's answer is held to a grammar, so that it always has
 * times, or says that there is no such thing.
 *
 * @throws VideoUnknown, InvalidParams for a picture, an empty query or a half that the model does not have, FramePlanInvalid
 *   for a part outside the clip, and what asking the model or looking through the clip throws
 */
export const LocateCreateRequest = clientRequest<LocateCreateParams, LocateResult, ChatProgress | WorkStep>('locate/create');
