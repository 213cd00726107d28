import { isJsonObject, type Json, RawNumber } from '../json/json.js';
import { tupleKey } from './pickleReader.js';

/** How a pickle of a list begins and ends; protocol 0, which is text. */
export const pickleListStart = '(l';
export const pickleListEnd = '.';

/** An element of the list. Objects are tuples, or nothing that a pickle of ours holds. */
export function pickleElement(value: Json): string {
  return `${pickle(value)}a`;
}

function pickle(value: Json): string {
  if (value === null || typeof value === 'boolean') {
    return value === null ? 'N' : `I0${value ? 1 : 0}\n`;
  }
  if (typeof value === 'string') {
    return `V${rawUnicode(value)}\n`;
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? `I${value}\n` : `F${value}\n`;
  }
  if (value instanceof RawNumber) {
    return rawNumber(value.text);
  }
  if (Array.isArray(value)) {
    return `(l${value.map(pickleElement).join('')}`;
  }
  const items = isJsonObject(value) ? value.get(tupleKey) : undefined;
  return `(${(Array.isArray(items) ? items : []).map(pickle).join('')}t`;
}

function rawNumber(text: string): string {
  if (/^-?\d+$/.test(text)) {
    return `L${text}L\n`;
  }
  const named: Readonly<Record<string, string>> = { NaN: 'nan', Infinity: 'inf', '-Infinity': '-inf' };
  return `F${named[text] ?? text}\n`;
}

/** Python's raw-unicode-escape. */
function rawUnicode(text: string): string {
  return text.replace(/[\\\0\n\r\x1a]|[^\0-\x7f]/gu, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
