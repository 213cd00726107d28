import type { Phrase, Segment } from '../protocol/index.js';
import type { ChoiceItem } from './score/choices.js';
import type { Aspect } from './score/judgement.js';
import type { DenseEvent } from './score/soda.js';
import type { Span } from './score/spans.js';

/** Something a model is asked about a clip, and what is right. */
export type EvalTask =
  | { kind: 'choice'; choice: ChoiceItem; span?: Segment }
  | { kind: 'open'; question: string; secondQuestion?: string; answer: string; aspects: Aspect[]; category: string }
  | { kind: 'grounding'; query: string; right: Span }
  | { kind: 'dense'; references: DenseEvent[][] };

export interface EvalItem {
  /** Unique in its dataset. */
  id: string;
  /** As the dataset names it: a path, or a name without ending. */
  video: string;
  task: EvalTask;
}

/** An item that cannot be read, and why. */
export interface BadItem {
  id: string;
  problem: Phrase;
}

export interface EvalData {
  items: EvalItem[];
  bad: BadItem[];
}
