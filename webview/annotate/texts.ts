import { type AnnotateStrings, englishAnnotateStrings } from '../../server/protocol/annotateStrings.js';
import { useStrings } from '../chat/strings.js';

let current: AnnotateStrings = englishAnnotateStrings;

/** The texts in use; what the annotator shares with the chat page is in that page's `strings()`. */
export function texts(): AnnotateStrings {
  return current;
}

/** Takes the host's translations; a text that is missing or is no text stays English. */
export function useTexts(given: unknown): void {
  useStrings(given);
  const own: Record<string, string> = { ...englishAnnotateStrings };
  for (const [key, text] of Object.entries(typeof given === 'object' && given !== null ? given : {})) {
    if (Object.hasOwn(englishAnnotateStrings, key) && typeof text === 'string' && text !== '') {
      own[key] = text;
    }
  }
  current = own as unknown as AnnotateStrings;
}
