import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';

/** A file that no model can be made of. */
export function refusal(subject: string, why: Phrase, hint: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.ImportRefused, phrase`No model can be made of ${subject}. ${why}`, { hint, subject });
}
