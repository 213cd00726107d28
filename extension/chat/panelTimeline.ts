import { mostPanelEvents, type PanelTimelineEvent, type PanelTimelineTrack, type TimelineEvent, type TimelineTrackState } from '../../server/protocol/index.js';

/** A line that is read on the screen may be a page of text. */
const mostLabelCharacters = 200;

/** A track as the page draws it: of very many events the surest, then the longest. */
export function panelTrack({ track, state, note }: Pick<TimelineTrackState, 'track' | 'note'> & { state?: TimelineTrackState['state'] }, events: readonly TimelineEvent[]): PanelTimelineTrack {
  const shown = events.length > mostPanelEvents ? [...events].sort(bySureness).slice(0, mostPanelEvents) : [...events];
  return {
    track,
    ...(state === undefined ? {} : { state }),
    ...(note === undefined ? {} : { note }),
    events: shown.sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds).map(panelEvent),
    omitted: events.length - shown.length,
  };
}

function panelEvent({ id, label, count, confidence, source, startSeconds, endSeconds, bestSeconds, weak }: TimelineEvent): PanelTimelineEvent {
  return {
    // A guess is marked as on the command line.
    ...{ id, label: `${weak ? '? ' : ''}${label}`.slice(0, mostLabelCharacters), confidence, source, startSeconds, endSeconds },
    ...(count === undefined ? {} : { count }),
    ...(bestSeconds === undefined ? {} : { bestSeconds }),
  };
}

function bySureness(a: TimelineEvent, b: TimelineEvent): number {
  return b.confidence - a.confidence || lengthOf(b) - lengthOf(a);
}

function lengthOf({ startSeconds, endSeconds }: TimelineEvent): number {
  return endSeconds - startSeconds;
}
