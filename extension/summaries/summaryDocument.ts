import type { Segment, Summary, VideoFacts } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import { type DocumentStyle, encodeName, escapePattern, escapeText, formatTime, type SummaryEntry, type TextChange } from './documentText.js';
import { addRow, overviewHead, removeRows } from './overviewTable.js';

/** With more frames they are counted instead of named. */
const mostFrames = 24;

/** The beginning of a document about many clips. */
export function documentHead(title: string, style: DocumentStyle): string {
  const note = style.t('Clips that are in this document are not summarized again. Delete a section to have it made anew.');
  return `# ${escapeText(title)}\n\n<!-- ${note} -->\n\n${overviewHead(style)}`;
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
  const lines = [...document.matchAll(failed)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: '' }));
  return [...removeRows(document, name, ['copy', 'failure']), ...lines];
}

/** Adds an entry at the end; an older line about the same clip goes. Changes do not overlap and are in order. */
export function addEntry(document: string, entry: SummaryEntry, style: DocumentStyle): TextChange[] {
  const removals = removeLine(document, entry.name);
  const row = addRow(document, entry, style);
  const separator = document === '' || document.endsWith('\n') ? '' : '\n';
  return [...[...removals, ...row].sort((a, b) => a.start - b.start), { start: document.length, end: document.length, text: `${separator}\n${writeEntry(entry, style)}` }];
}

/** The text after the changes of {@link addEntry}. */
export function applyChanges(document: string, changes: readonly TextChange[]): string {
  return changes.reduceRight((text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end), document);
}

function writeSummary(name: string, summary: Summary, style: DocumentStyle): string {
  const { t } = style;
  const { facts, plan } = summary;
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
    ...(facts.kind === 'video' ? [`${looked.length > mostFrames ? t('{0} frames were looked at.', looked.length) : `${t('Frames looked at:')} ${looked.join(' · ')}`}  `] : []),
    describeModel(summary, t),
    '',
  ].join('\n');
}

/** Who says it, and what it rests on. */
function describeModel({ model, from = 'embeddings' }: Summary, t: Translate): string {
  if (from === 'events') {
    return t('What perception models noticed; no model was asked.');
  }
  const name = t('Model: {0}', escapeText(model.name));
  if (from === 'timeline') {
    return `${name} (${t('from what perception models noticed')})`;
  }
  return model.demonstration ? `${name} (${t('a demonstration: its answers about real clips mean nothing')})` : name;
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

function describeFacts(facts: VideoFacts, t: Translate): string {
  const codec = facts.codec.toUpperCase();
  const size = `${facts.width} × ${facts.height}`;
  const audio = facts.streams.find(({ kind }) => kind === 'audio');
  return facts.kind === 'image'
    ? [t('picture'), size, codec].join(' · ')
    : [formatTime(facts.durationSeconds), size, t('{0} frames/s', round(facts.fps)), codec, ...(audio ? [t('sound: {0}', audio.codec)] : [])].join(' · ');
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
