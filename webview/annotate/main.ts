import './app.js';
import { useTexts } from './texts.js';

/** The host's translations are in the page, so that its first words are already in the person's language. */
function translations(): unknown {
  try {
    return JSON.parse(document.getElementById('strings')?.textContent ?? 'null');
  } catch {
    return undefined;
  }
}

// The elements are there by now, but draw only after this script has ended.
useTexts(translations());
