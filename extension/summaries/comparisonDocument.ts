import { cellText, markdownTable } from '../../server/common/markdownTable.js';
import type { Comparison, Presence, TimelineTrack } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import { type DocumentStyle, formatTime } from './documentText.js';

/** What two clips show, as a table: a row for each thing, links to where it is first. */
export function comparisonDocument(names: readonly [string, string], { facts, shots, things, missing, text }: Comparison, style: DocumentStyle): string {
  const { t, fileLink } = style;
  const heading = ['', ...names.map((name) => `[${cellText(name)}](${fileLink(name)})`)];
  const rows = [
    [t('Length'), ...facts.map(({ kind, durationSeconds }) => (kind === 'video' ? formatTime(durationSeconds) : t('picture')))],
    [t('Size'), ...facts.map(({ width, height }) => `${width} × ${height}`)],
    [t('Shots'), ...shots.map(String)],
    ...things.map(({ track, label, presence }) => [`${trackName(track, t)}: ${cellText(label)}`, ...presence.map((each, i) => presenceText(each, names[i] ?? '', style))]),
  ];
  const notes = missing.map(({ video, track, note }) => `- ${cellText(names[video])}, ${trackName(track, t)}: ${cellText(note)}`);
  return [
    `# ${names.map(cellText).join(' · ')}`,
    '',
    ...(text ? [cellText(text), ''] : []),
    markdownTable(heading, rows),
    ...(notes.length > 0 ? [t('Not known:'), '', ...notes, ''] : []),
  ].join('\n');
}

function presenceText(presence: Presence | null, name: string, { t, timeLink }: DocumentStyle): string {
  if (!presence) {
    return '–';
  }
  const { seconds, times, atOnce, first } = presence;
  const length = times > 1 ? t('{0} s in {1} stretches', seconds.toFixed(1), times) : t('{0} s', seconds.toFixed(1));
  return [length, ...(atOnce > 1 ? [t('{0} at once', atOnce)] : []), `[${formatTime(first.startSeconds)}](${timeLink(name, first)})`].join(', ');
}

function trackName(track: TimelineTrack, t: Translate): string {
  return { shots: t('Shots'), objects: t('Object'), text: t('Text'), speech: t('Speech'), people: t('People'), motion: t('Motion') }[track];
}
