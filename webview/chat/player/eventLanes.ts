import type { PanelTimelineEvent } from '../../../server/protocol/panel.js';

/** More that overlap are counted, not drawn. */
const mostLanes = 4;
/** Bars of one track; a page with more is slow. */
const mostBars = 300;

export interface PlacedEvent {
  event: PanelTimelineEvent;
  lane: number;
}

/** Events of a track below each other where they overlap, in order of time. */
export function eventLanes(events: readonly PanelTimelineEvent[]): { placed: PlacedEvent[]; lanes: number; left: number } {
  const ends: number[] = [];
  const placed: PlacedEvent[] = [];
  for (const event of [...events].sort((a, b) => a.startSeconds - b.startSeconds)) {
    const free = ends.findIndex((end) => end <= event.startSeconds);
    const lane = free < 0 ? ends.length : free;
    if (lane < mostLanes && placed.length < mostBars) {
      ends[lane] = event.endSeconds;
      placed.push({ event, lane });
    }
  }
  return { placed, lanes: Math.max(1, ends.length), left: events.length - placed.length };
}
