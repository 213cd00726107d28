import { englishAnnotateStrings } from '../../server/protocol/annotateStrings.js';
import { pageStrings } from '../chat/pageStrings.js';
import type { Translate } from '../translate.js';

/** What a person reads on the annotator's page, in the editor's language; with what it shares with the chat page. */
export function annotateStrings(t: Translate): Record<string, string> {
  const own = Object.entries<string>(englishAnnotateStrings).map(([key, text]) => [key, t(text)] as const);
  return { ...Object.fromEntries(Object.entries({ ...pageStrings(t) })), ...Object.fromEntries(own) };
}
