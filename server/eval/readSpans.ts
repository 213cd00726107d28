import { findAnswerTimes } from '../protocol/index.js';
import type { Span } from './score/spans.js';

/** The times that an answer in words speaks of, in its order; instants have none. */
export function readSpans(answer: string | undefined): Span[] {
  return findAnswerTimes(answer ?? '').flatMap(({ startSeconds, endSeconds }): Span[] => (endSeconds === undefined ? [] : [[startSeconds, endSeconds]]));
}
