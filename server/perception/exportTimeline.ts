import { stringify } from 'csv-stringify/sync';
import { cueText, type SubtitleKind, timestamp } from '../dataset/formats/subtitleCue.js';
import { tellsWords, type Timeline, type TimelineEvent, type TimelineExportParams } from '../protocol/index.js';

const columns = ['track', 'start', 'end', 'label', 'count', 'confidence', 'source', 'x', 'y', 'width', 'height', 'best', 'id'];
/** A cue must last: moments and pictures have no length. */
const shortestCue = 0.001; // s

/** A timeline as text, with the events of some tracks or all. */
export function exportTimeline({ timeline, format, tracks }: TimelineExportParams): string {
  const chosen = tracks ? withTracks(timeline, tracks) : timeline;
  switch (format) {
    case 'json':
      return `${JSON.stringify(chosen, undefined, 2)}\n`;
    case 'webvtt':
      return ['WEBVTT\n', ...chosen.events.map((event) => cue(event.id.replaceAll('-->', ''), event, 'webvtt'))].join('\n');
    case 'srt':
      return chosen.events.map((event, i) => cue(String(i + 1), event, 'srt')).join('\n');
    case 'csv':
      return stringify([columns, ...chosen.events.map(row)], { record_delimiter: '\n' });
  }
}

function withTracks(timeline: Timeline, tracks: readonly string[]): Timeline {
  const isChosen = ({ track }: { track: string }): boolean => tracks.includes(track);
  return { ...timeline, tracks: timeline.tracks.filter(isChosen), events: timeline.events.filter(isChosen) };
}

function cue(name: string, event: TimelineEvent, kind: SubtitleKind): string {
  const { startSeconds, endSeconds } = event;
  const end = timestamp(Math.max(endSeconds, startSeconds + shortestCue), kind);
  return `${name.replace(/\s+/g, ' ')}\n${timestamp(startSeconds, kind)} --> ${end}\n${cueText(cueLabel(event), kind)}\n`;
}

/** What is said and read stands for itself; other events name their track. */
function cueLabel(event: TimelineEvent): string {
  const { track, label, count } = event;
  const counted = count !== undefined && count > 1 ? `${label} × ${count}` : label;
  return tellsWords(event) && !event.weak ? label : `[${track}] ${counted}`;
}

function row({ track, startSeconds, endSeconds, label, count, confidence, source, box, bestSeconds, id }: TimelineEvent): string[] {
  const cells = [track, startSeconds, endSeconds, label, count, confidence, source, ...(box ?? ['', '', '', '']), bestSeconds, id];
  return cells.map((cell) => (cell === undefined ? '' : String(cell)));
}
