import type { AnswerHalf } from '../../../server/protocol/answersFrom.js';
import { strings } from '../strings.js';

/** What answers are made from, in a person's words. */
export function halfNames(): Record<AnswerHalf, string> {
  const { answersFromFrames: embeddings, answersFromTimeline: timeline, answersFromBoth: both } = strings();
  return { embeddings, timeline, both };
}
