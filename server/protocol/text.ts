import type { SamplingOptions, StopReason } from './chat.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';

/** A question that was answered. */
export interface TextTurn {
  question: string;
  answer: string;
}

export interface TextCompleteParams extends Streaming {
  modelId: string;
  /** What was said before, in order. */
  turns?: TextTurn[];
  question: string;
  sampling?: SamplingOptions;
}

/** Text to append; all deltas together are the answer's text. */
export interface TextDelta {
  kind: 'delta';
  text: string;
}

export interface TextAnswer {
  text: string;
  stopReason: StopReason;
  tokens: { prompt: number; generated: number };
  model: { id: string; name: string; demonstration: boolean };
}

/**
 * Asks the half of a model that reads text, about no clip at all: for editors and other programs that have a place for
 * a model of plain text. Nothing is kept between requests but what the runtime remembers of the prompt.
 *
 * @throws ModelUnknown, ContextOverflow, RequestCancelled, and what loading a model throws
 */
export const TextCompleteRequest = clientRequest<TextCompleteParams, TextAnswer, TextDelta>('text/complete');
