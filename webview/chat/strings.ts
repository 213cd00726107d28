import { englishStrings } from '../../server/protocol/englishStrings.js';
import type { PanelStrings } from '../../server/protocol/panelStrings.js';

export { englishStrings };

let current: PanelStrings = englishStrings;

/** The texts in use. */
export function strings(): PanelStrings {
  return current;
}

/** Takes the host's translations; a text that is missing or is no text stays English. */
export function useStrings(given: unknown): void {
  current = { ...englishStrings };
  if (typeof given !== 'object' || given === null) {
    return;
  }
  for (const [key, text] of Object.entries(given)) {
    if (key in englishStrings && typeof text === 'string' && text !== '') {
      current[key as keyof PanelStrings] = text;
    }
  }
}

/** Fills `{0}`, `{1}`, … in. */
export function format(text: string, ...values: (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (all, index: string) => String(values[Number(index)] ?? all));
}
