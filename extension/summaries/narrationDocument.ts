import type { Narration, NarrationLine } from '../../server/protocol/index.js';
import { type DocumentStyle, escapeText, formatTime } from './documentText.js';

/** A narration as Markdown: each line with a link that plays it, its other wordings below it. */
export function narrationDocument(name: string, { lines, note, model, from }: Narration, style: DocumentStyle): string {
  const { t } = style;
  const body = lines.length === 0 ? [`*${t('The model said nothing about this clip.')}*`] : lines.flatMap((line) => listItem(name, line, style));
  return [
    `# [${escapeText(name)}](${style.fileLink(name)})`,
    '',
    ...body,
    '',
    ...(note === '' ? [] : [`*${escapeText(note)}*`, '']),
    from === 'events' ? t('What perception models noticed; no model was asked.') : t('Model: {0}', escapeText(model.name)),
    '',
  ].join('\n');
}

function listItem(name: string, { startSeconds, endSeconds, text, variants = [] }: NarrationLine, { timeLink }: DocumentStyle): string[] {
  const times = `${formatTime(startSeconds)}–${formatTime(endSeconds)}`;
  return [`- [${times}](${timeLink(name, { startSeconds, endSeconds })}) ${escapeText(text)}`, ...variants.map((variant) => `  - ${escapeText(variant)}`)];
}
