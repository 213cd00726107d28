import type { Segment } from '../../protocol/index.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';

/** The shots of a clip, one after the other without a gap. @param cuts where shots begin, ascending */
export function shotEvents(cuts: readonly number[], { startSeconds, endSeconds }: Segment): FoundEvent[] {
  const edges = [startSeconds, ...new Set(cuts.filter((cut) => cut > startSeconds && cut < endSeconds)), endSeconds];
  return edges
    .slice(0, -1)
    .map((start, i) => makeEvent({ track: 'shots', label: 'shot', source: 'frames', confidence: 1, startSeconds: start, endSeconds: edges[i + 1] ?? start }));
}
