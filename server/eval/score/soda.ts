import { meteorOfWords } from './meteor.js';
import type { AreSynonyms } from '../text/synonyms.js';
import { tokenizeCaption } from '../text/tokenizeCaption.js';
import { type Span, spanOverlap } from './spans.js';

export interface DenseEvent {
  span: Span;
  sentence: string;
}

/**
 * SODA_c of one clip against one set of references: events are matched in their order so that the sum of IoU × METEOR is
 * as large as can be; from that sum, precision over what was said, recall over what should have been, and F.
 */
export function sodaC(predicted: readonly DenseEvent[], references: readonly DenseEvent[], areSynonyms?: AreSynonyms): number {
  if (predicted.length === 0 || references.length === 0) {
    return 0;
  }
  const said = inOrder(predicted).map(withWords);
  const meant = inOrder(references).map(withWords);
  // best[j]: largest sum with the events so far and the first j references.
  let best = new Array<number>(meant.length + 1).fill(0);
  for (const event of said) {
    const next = [0];
    meant.forEach((reference, j) => {
      const overlap = spanOverlap(event.span, reference.span);
      const score = overlap > 0 ? overlap * meteorOfWords(event.words, reference.words, areSynonyms) : 0;
      next.push(Math.max(best[j + 1] ?? 0, next[j] ?? 0, (best[j] ?? 0) + score));
    });
    best = next;
  }
  const sum = best.at(-1) ?? 0;
  const [precision, recall] = [sum / said.length, sum / meant.length];
  return sum > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}

function inOrder(events: readonly DenseEvent[]): DenseEvent[] {
  return [...events].sort((a, b) => Math.min(...a.span) - Math.min(...b.span) || Math.max(...a.span) - Math.max(...b.span));
}

function withWords({ span, sentence }: DenseEvent): { span: Span; words: string[] } {
  return { span, words: tokenizeCaption(sentence) };
}
