import { type Phrase, VideoChatError } from '../protocol/index.js';

/** An error inside the server whose reason becomes part of a sentence for a person. */
export class PhraseError extends Error {
  /** @param reason a string only where it is the words of another program */
  constructor(readonly reason: string | Phrase) {
    super(String(reason));
  }
}

/** Why something failed, as it can be translated; the words of other programs stay as they are. */
export function reasonOf(error: unknown): string | Phrase {
  if (error instanceof PhraseError) {
    return error.reason;
  }
  if (error instanceof VideoChatError) {
    return error.phrases.message;
  }
  return error instanceof Error ? error.message : String(error);
}
