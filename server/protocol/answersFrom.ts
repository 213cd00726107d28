import type { TimelineTrack } from './timeline.js';
import type { Segment } from './video.js';

/**
 * What an answer is made from. `embeddings`: the model's own look at some frames. `timeline`: the text of what perception
 * models noticed in the clip. `both`: the frames and that text in one prompt. `auto`: the server decides, from the
 * model's abilities and from whether its encoder was trained on anything like the clip.
 */
export const answersFromChoices = ['auto', 'embeddings', 'timeline', 'both'] as const;
export type AnswersFrom = (typeof answersFromChoices)[number];

/** What an answer was made from. */
export type AnswerHalf = Exclude<AnswersFrom, 'auto'>;

/** An event of a clip's timeline that an answer rests on: the answer names it, or the time of it. */
export interface AnswerEvidence extends Segment {
  /** Of the `TimelineEvent`. */
  id: string;
  track: TimelineTrack;
  label: string;
  /** The medium's place in the conversation; left out: the first. */
  medium?: number;
}
