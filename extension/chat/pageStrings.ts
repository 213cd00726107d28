import { englishStrings } from '../../server/protocol/englishStrings.js';
import type { PanelStrings } from '../../server/protocol/panelStrings.js';
import type { Translate } from '../translate.js';

/** What a person reads on the chat page, in the editor's language. */
export function pageStrings(t: Translate): PanelStrings {
  return Object.fromEntries(Object.entries(englishStrings).map(([key, text]: [string, string]) => [key, t(text)])) as unknown as PanelStrings;
}
