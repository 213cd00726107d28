import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import { sameText } from './sameText.js';

/** A document's tree: names, attributes in their order, text; white space between elements aside. */
function xmlValues(text: string): string {
  const parser = new SaxesParser({ xmlns: false });
  const events: unknown[] = [];
  parser.on('opentag', ({ name, attributes }) => events.push([name, Object.entries(attributes)]));
  parser.on('closetag', () => events.push('end'));
  parser.on('text', (each) => each.trim() !== '' && events.push(each));
  parser.on('comment', (each) => events.push({ comment: each }));
  parser.write(text).close();
  return JSON.stringify(events, null, 1);
}

/** Lines, empty ones once; spaces around arrows and line breaks aside. */
function subtitleValues(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').replace(/[ \t]*-->[ \t]*(\S+)[ \t]*/g, ' --> $1 ').replace(/\n\s*\n/g, '\n\n').trim();
}

/** What a file says, its white space aside: equal texts say the same, in the same order. */
export function toolValues(name: string, text: string): string {
  if (/\.(?:eaf|xml)$/.test(name)) {
    return xmlValues(text);
  }
  if (/\.(?:vtt|srt)$/.test(name)) {
    return subtitleValues(text);
  }
  if (name.endsWith('.csv')) {
    return JSON.stringify(parse(text, { bom: true, relax_column_count: true }));
  }
  if (name.endsWith('.jsonl')) {
    return text.split('\n').filter((line) => line.trim() !== '').map(sameText).join('\n');
  }
  return sameText(text);
}
