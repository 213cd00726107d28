import './app.js';
import { useStrings } from './strings.js';

/** The host's translations are in the page, so that its first words are already in the person's language. */
function translations(): unknown {
  try {
    return JSON.parse(document.getElementById('strings')?.textContent ?? 'null');
  } catch {
    return undefined;
  }
}

// The elements are there by now, but draw only after this script has ended.
useStrings(translations());
