import type { Timeline, TimelineEvent, TimelineTrack } from '../../server/protocol/index.js';

/** An event as perception models notice them. */
export function event(track: TimelineTrack, label: string, startSeconds: number, endSeconds: number, more: Partial<TimelineEvent> = {}): TimelineEvent {
  const source = track === 'shots' || track === 'motion' ? 'frames' : `${track}-model`;
  return { id: `${track}-${label}-${startSeconds}`, track, label, startSeconds, endSeconds, confidence: 0.9, source, ...more };
}

/** A timeline of these events, looked at once a second. */
export function timelineOf(events: TimelineEvent[], durationSeconds: number): Timeline {
  return {
    contentHash: 'a'.repeat(64),
    durationSeconds,
    tracks: [...new Set(events.map(({ track }) => track))].map((track) => ({ track, state: 'complete' })),
    events: [...events].sort((a, b) => a.startSeconds - b.startSeconds),
    frameSeconds: Array.from({ length: Math.ceil(durationSeconds) }, (_, second) => second),
    models: [],
  };
}
