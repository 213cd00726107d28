import type { Segment, Summary, VideoFacts } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** A clip that was summarised, or could not be. */
export type SummaryEntry =
  | { kind: 'summary'; name: string; summary: Summary }
  | { kind: 'failure'; name: string; message: string };

/** What the writer of a document needs to know of its surroundings. */
export interface DocumentStyle {
  t: Translate;
  /** Target of a link to a clip, for a `name` as in the entries. */
  fileLink(name: string): string;
  /** Target of a link that plays a part of a clip. */
  timeLink(name: string, segment: Segment): string;
}

/** A change of a document's text: characters from `start` to `end` give way to `text`. */
export interface TextChange {
  start: number;
  end: number;
  text: string;
}

/** The beginning of a document about many clips. */
export function documentHead(title: string, { t }: DocumentStyle): string {
  const note = t('Clips that are in this document are not summarized again. Delete a section to have it made anew.');
  return `# ${escapeText(title)}\n\n<!-- ${note} -->\n`;
}

/** One clip's section. Hidden markers tell later runs what is there. */
export function writeEntry(entry: SummaryEntry, style: DocumentStyle): string {
  return entry.kind === 'summary' ? writeSummary(entry.name, entry.summary, style) : writeFailure(entry.name, entry.message, style);
}

/** Content hashes of the clips that a document has summaries of. */
export function summarizedHashes(document: string): Set<string> {
  return new Set([...document.matchAll(/^<!-- videochat clip sha256=([0-9a-f]{64}) -->\r?$/gm)].map((match) => match[1] ?? ''));
}

/** Takes out what an earlier run said about the failure of a clip. */
export function removeFailure(document: string, name: string): TextChange[] {
  const failed = new RegExp(`\\n?${escapePattern(failureMarker(name))}\\r?\\n(?:>[^\\n]*(?:\\n|$))*`, 'g');
  return [...document.matchAll(failed)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: '' }));
}

/** Adds an entry at the end; an older line about the same clip's failure goes. Changes do not overlap and are in order. */
export function addEntry(document: string, entry: SummaryEntry, style: DocumentStyle): TextChange[] {
  const removals = removeFailure(document, entry.name);
  const separator = document === '' || document.endsWith('\n') ? '' : '\n';
  return [...removals, { start: document.length, end: document.length, text: `${separator}\n${writeEntry(entry, style)}` }];
}

/** The text after the changes of {@link addEntry}. */
export function applyChanges(document: string, changes: readonly TextChange[]): string {
  return changes.reduceRight((text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end), document);
}

function writeSummary(name: string, summary: Summary, style: DocumentStyle): string {
  const { t } = style;
  const { facts, model, plan } = summary;
  const frames = plan.seconds.filter((second, index) => plan.seconds.indexOf(second) === index);
  const looked = frames.map((second) => timeLink(name, { startSeconds: second, endSeconds: second }, formatTime(second), style));
  return [
    `## [${escapeText(name)}](${style.fileLink(name)})`,
    `<!-- videochat clip sha256=${facts.contentHash} -->`,
    '',
    `*${describeFacts(facts, t)}*`,
    '',
    linkMoments(name, summary, style) || `*${t('The model said nothing about this clip.')}*`,
    '',
    ...(facts.kind === 'video' ? [`${t('Frames looked at:')} ${looked.join(' · ')}  `] : []),
    `${t('Model: {0}', escapeText(model.name))}${model.demonstration ? ` (${t('a demonstration: its answers about real clips mean nothing')})` : ''}`,
    '',
  ].join('\n');
}

function writeFailure(name: string, message: string, { t, fileLink }: DocumentStyle): string {
  const reason = escapeText(message.replace(/\s+/g, ' ').trim());
  return `${failureMarker(name)}\n> **[${escapeText(name)}](${fileLink(name)})**: ${t('could not be summarized.')} ${reason}\n`;
}

/** Dashes are coded too: two of them would end the comment. */
function failureMarker(name: string): string {
  return `<!-- videochat failed file=${encodeURIComponent(name).replace(/-/g, '%2D')} -->`;
}

/** The model's text, with its times as links. What it says may come from the clip, so it brings no markup that loads or hides. */
function linkMoments(name: string, { text, moments }: Summary, style: DocumentStyle): string {
  let rest = 0;
  const parts: string[] = [];
  for (const moment of moments) {
    const start = text.indexOf(moment.text, rest);
    if (moment.text === '' || start < 0) {
      continue;
    }
    parts.push(disarm(text.slice(rest, start)), timeLink(name, moment.segment, moment.text, style));
    rest = start + moment.text.length;
  }
  return [...parts, disarm(text.slice(rest))].join('').trim();
}

function timeLink(name: string, segment: Segment, label: string, style: DocumentStyle): string {
  return `[${escapeText(label)}](${style.timeLink(name, segment)})`;
}

/** Takes the markup out of Markdown that others wrote, as far as it could do more than look nice. */
function disarm(markdown: string): string {
  return markdown.replace(/</g, '&lt;').replace(/\[/g, '\\[').replace(/^( {0,3})(#{1,6}\s)/gm, '$1\\$2');
}

function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}

function describeFacts(facts: VideoFacts, t: Translate): string {
  const codec = facts.codec.toUpperCase();
  const size = `${facts.width} × ${facts.height}`;
  const audio = facts.streams.find(({ kind }) => kind === 'audio');
  return facts.kind === 'image'
    ? [t('picture'), size, codec].join(' · ')
    : [formatTime(facts.durationSeconds), size, t('{0} frames/s', round(facts.fps)), codec, ...(audio ? [t('sound: {0}', audio.codec)] : [])].join(' · ');
}

/** `0:05.2`, `1:02:03`. */
export function formatTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = (tenths % 600) / 10;
  const padded = (Number.isInteger(rest) ? String(rest) : rest.toFixed(1)).padStart(Number.isInteger(rest) ? 2 : 4, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
