import { documentAt } from '../../dataset/index/readDocument.js';
import { type AnnotatedSegment, annotationSuffix } from '../../protocol/index.js';
import { cleanLine } from '../suggest/cleanAnswer.js';
import type { FindableEvent } from './findEvents.js';

/** How sure a suggestion is that nobody has looked at, and that says nothing of it itself. */
const suggestedConfidence = 0.5;

/** What the annotation document beside a clip says of its parts. What was rejected does not count. */
export function writtenEvents(videoPath: string): FindableEvent[] {
  const segments = documentAt(videoPath + annotationSuffix)?.segments ?? [];
  return segments.flatMap((segment): FindableEvent[] => {
    const { start, end, label = '', caption = '', provenance } = segment;
    const text = cleanLine([label, caption].filter((part) => part.trim() !== '').join(': '));
    return text === '' || provenance?.status === 'rejected' || !(end > start) ? [] : [{ label: text, startSeconds: start, endSeconds: end, confidence: confidenceOf(segment) }];
  });
}

/** A person's word is taken for it. */
function confidenceOf({ provenance }: AnnotatedSegment): number {
  return provenance?.status === 'suggested' ? (provenance.confidence ?? suggestedConfidence) : 1;
}
