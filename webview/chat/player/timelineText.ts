import type { PanelTimeline, PanelTimelineEvent } from '../../../server/protocol/panel.js';
import type { TimelineTrack } from '../../../server/protocol/timeline.js';
import { format, strings } from '../strings.js';
import { frameTime } from '../text/formatTime.js';

export function trackName(track: TimelineTrack): string {
  const texts = strings();
  const names: Record<TimelineTrack, string> = {
    shots: texts.trackShots,
    objects: texts.trackObjects,
    text: texts.trackText,
    speech: texts.trackSpeech,
    people: texts.trackPeople,
    motion: texts.trackMotion,
  };
  return names[track];
}

/** How many events there are. */
export function eventsText({ tracks }: PanelTimeline): string {
  const texts = strings();
  const count = tracks.reduce((sum, { events, omitted }) => sum + events.length + omitted, 0);
  return count === 1 ? texts.oneEvent : format(texts.timelineEvents, count);
}

/** What is being done to find them. */
export function stepText({ step }: PanelTimeline): string {
  const texts = strings();
  if (!step) {
    return texts.stageStarting;
  }
  const { what, done, total } = step;
  const percent = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
  switch (what) {
    case 'frames':
      return format(texts.lookingFrames, Math.floor(done), Math.ceil(total));
    case 'shots':
      return format(texts.lookingShots, percent);
    case 'speech':
      return format(texts.lookingSpeech, percent);
    case 'words':
      return format(texts.lookingWords, percent);
  }
}

/** Everything that is known of an event, a line each. */
export function eventText(event: PanelTimelineEvent): string {
  const texts = strings();
  const { label, count = 1, confidence, source, startSeconds, endSeconds } = event;
  return [
    label,
    format(texts.eventTimes, frameTime(startSeconds), frameTime(endSeconds)),
    ...(count > 1 ? [format(texts.eventCount, count)] : []),
    ...(confidence < 1 ? [format(texts.eventConfidence, Math.round(100 * confidence))] : []),
    format(texts.eventSource, source),
  ].join('\n');
}
