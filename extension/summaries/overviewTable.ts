import { firstSentence } from '../../server/common/firstSentence.js';
import { type DocumentStyle, encodeName, escapePattern, escapeText, formatTime, type SummaryEntry, type TextChange } from './documentText.js';

const end = '<!-- videochat overview end -->';
type RowKind = SummaryEntry['kind'];

/** An empty table of all clips, before their sections. */
export function overviewHead({ t }: DocumentStyle): string {
  return `| ${t('Clip')} | ${t('Length')} | ${t('What happens')} |\n| --- | --- | --- |\n${end}\n`;
}

/** Adds a clip's row where the document has the table; an older row of the clip goes. Changes are in order. */
export function addRow(document: string, entry: SummaryEntry, style: DocumentStyle): TextChange[] {
  const at = document.indexOf(end);
  if (at < 0) {
    return [];
  }
  return [...removeRows(document, entry.name, ['summary']), { start: at, end: at, text: `${rowOf(entry, style)}\n` }];
}

/** Takes out rows of a clip that say this of it. */
export function removeRows(document: string, name: string, kinds: readonly RowKind[]): TextChange[] {
  const markers = kinds.map((kind) => escapePattern(marker(kind, name))).join('|');
  const rows = new RegExp(`^\\| [^\\n]*(?:${markers}) \\|[^\\n]*\\n`, 'gm');
  return [...document.matchAll(rows)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: '' }));
}

function rowOf(entry: SummaryEntry, { t, fileLink }: DocumentStyle): string {
  const clip = `[${escapeText(entry.name)}](${fileLink(entry.name)}) ${marker(entry.kind, entry.name)}`;
  switch (entry.kind) {
    case 'summary': {
      const { facts, text } = entry.summary;
      return `| ${clip} | ${facts.kind === 'video' ? formatTime(facts.durationSeconds) : ''} | ${escapeText(firstSentence(text))} |`;
    }
    case 'copy':
      return `| ${clip} | | ${t('the same clip as')} ${escapeText(entry.of)} |`;
    case 'failure':
      return `| ${clip} | | ${t('could not be summarized.')} |`;
  }
}

/** Tells later runs what a row is about. */
function marker(kind: RowKind, name: string): string {
  return `<!-- videochat row=${kind} file=${encodeName(name)} -->`;
}
