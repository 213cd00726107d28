import type { Segment, Summary, VideoFacts } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** A clip that was summarised, could not be, or need not be: it has the same content as one of another name. */
export type SummaryEntry =
  | { kind: 'summary'; name: string; summary: Summary }
  | { kind: 'copy'; name: string; of: string }
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
  switch (entry.kind) {
    case 'summary':
      return writeSummary(entry.name, entry.summary, style);
    case 'copy':
      return writeCopy(entry.name, entry.of, style);
    case 'failure':
      return writeFailure(entry.name, entry.message, style);
  }
}

/** The clips that a document has summaries of: names by content hash, empty where an older version wrote none. */
export function summarizedClips(document: string): Map<string, string> {
  const marked = document.matchAll(/^<!-- videochat clip sha256=([0-9a-f]{64})(?: file=(\S+))? -->\r?$/gm);
  return new Map([...marked].map(([, hash = '', file = '']) => [hash, decodeName(file)]));
}

/** Whether a document says that this clip is a copy. */
export function hasCopy(document: string, name: string): boolean {
  return document.includes(marker('copy', name));
}

/** Takes out what an earlier run said in one line about a clip: that it failed, or was a copy. */
export function removeLine(document: string, name: string): TextChange[] {
  const markers = [marker('failed', name), marker('copy', name)].map(escapePattern).join('|');
  const failed = new RegExp(`\\n?(?:${markers})\\r?\\n(?:>[^\\n]*(?:\\n|$))*`, 'g');
  return [...document.matchAll(failed)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: '' }));
}

/** Adds an entry at the end; an older line about the same clip goes. Changes do not overlap and are in order. */
export function addEntry(document: string, entry: SummaryEntry, style: DocumentStyle): TextChange[] {
  const removals = removeLine(document, entry.name);
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
    `<!-- videochat clip sha256=${facts.contentHash} file=${encodeName(name)} -->`,
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
  return `${marker('failed', name)}\n> **[${escapeText(name)}](${fileLink(name)})**: ${t('could not be summarized.')} ${reason}\n`;
}

function writeCopy(name: string, of: string, { t, fileLink }: DocumentStyle): string {
  return `${marker('copy', name)}\n> **[${escapeText(name)}](${fileLink(name)})**: ${t('the same clip as')} [${escapeText(of)}](${fileLink(of)})\n`;
}

function marker(kind: 'failed' | 'copy', name: string): string {
  return `<!-- videochat ${kind} file=${encodeName(name)} -->`;
}

/** Dashes are coded too: two of them would end the comment. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/-/g, '%2D');
}

function decodeName(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return '';
  }
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
