import { type AnswerHalf, type AnswersFrom, answersFromChoices } from './answersFrom.js';
import type { Chapter } from './chapters.js';
import type { ChatProgress } from './chat.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { FramePlan, Segment, VideoFacts } from './video.js';

/**
 * `brief`: what happens, in a few sentences. `detailed`: part by part, each with its times. `chapters`: parts with titles,
 * cut where the clip changes.
 */
export const summaryKinds = ['brief', 'detailed', 'chapters'] as const;
export type SummaryKind = (typeof summaryKinds)[number];

/** What words rest on, as with answers. `events`: no model was asked; what was noticed is listed. */
export type SummarySource = AnswerHalf | 'events';
export const summarySources = ['embeddings', 'timeline', 'both', 'events'] as const satisfies readonly SummarySource[];
export const summarySourceChoices = [...answersFromChoices, 'events'] as const;

export interface SummaryCreateParams extends Streaming {
  videoId: string;
  modelId: string;
  /** Left out: `brief`. */
  kind?: SummaryKind;
  /** Only this part of the clip. */
  span?: Segment;
  /** Left out: `auto`. */
  answersFrom?: AnswersFrom | 'events';
  /** Frame plan instead of the model's own. */
  plan?: string;
  /** Longest window of a long clip that gets a caption, 0.5 to 8 s; 4 where left out. */
  windowSeconds?: number;
}

export interface Summary {
  facts: VideoFacts;
  kind?: SummaryKind;
  /** What is said of the clip, Markdown. */
  text: string;
  /** Times the text speaks of, in the order of the text, as far as they lie in the clip. An instant lasts a second. */
  moments: { text: string; segment: Segment }[];
  /** With the kinds `detailed` and `chapters`. */
  chapters?: Chapter[];
  /** The part that was asked about, if not all. */
  span?: Segment;
  from?: SummarySource;
  /** Frames that were looked at; without indices where it was not the model that did. */
  plan: FramePlan;
  model: { id: string; name: string; demonstration: boolean };
  totalMs: number;
}

/** What a work in several steps is doing: looking through clips, captions of windows, condensing them, words. */
export interface WorkStep {
  kind: 'step';
  what: 'looking' | 'captions' | 'condensing' | 'writing';
  done: number;
  total: number;
}
/** A first text that rests on some windows only; another follows. */
export interface DraftText {
  kind: 'draft';
  text: string;
  /** Windows it rests on, of those that will be looked at. */
  windows: number;
  total: number;
}
export type SummaryProgress = ChatProgress | WorkStep | DraftText;

/**
 * Says what happens in a clip. Captions of long clips are kept: a summary that was interrupted goes on where it was.
 * Progress as with `chat/send`, and steps; all deltas together are the text.
 */
export const SummaryCreateRequest = clientRequest<SummaryCreateParams, Summary, SummaryProgress>('summary/create');
