import { type AnswersFrom, ErrorCode, type SummarySource, VideoChatError } from '../protocol/index.js';

/** What a skill tells from where no model was named. @throws VideoChatError InvalidParams where that needs one */
export function withoutModel(asked: AnswersFrom | 'events'): SummarySource {
  if (asked !== 'auto' && asked !== 'events') {
    throw new VideoChatError(ErrorCode.InvalidParams, 'No model was named to be asked.', { hint: 'Name one in modelId.' });
  }
  return 'events';
}
