import { parseTimestamps, RE_TIMESTAMP } from 'subtitle';
import { phrase, roundTime } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { EntryMismatch } from './formatError.js';

/** How subtitles of a kind write their times. */
export type SubtitleKind = 'srt' | 'webvtt';

/** A cue as its lines say it: identifier, times as written, settings, text with its tags. */
export type CueParts = JsonObject;

/** A block of lines as a cue; undefined: it is something else. @throws EntryMismatch for times that are none */
export function cueOf(lines: readonly string[]): CueParts | undefined {
  const at = lines[0]?.includes('-->') ? 0 : lines[1]?.includes('-->') ? 1 : -1;
  if (at < 0 || /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(lines[0] ?? '')) {
    return undefined;
  }
  const [line = '', ...text] = lines.slice(at);
  // The library wants just one space around the arrow.
  const found = /^[ \t]*(\S+)[ \t]*-->[ \t]*(\S+)(?:[ \t]+(.*?))?[ \t]*$/.exec(line);
  const [, start = '', end = '', settings] = found ?? [];
  if (!RE_TIMESTAMP.test(`${start} --> ${end}`)) {
    throw new EntryMismatch(phrase`times like 00:01:02.500 --> 00:01:04.000`);
  }
  return jsonObject({ id: at === 1 ? lines[0] : undefined, start, end, settings: settings === '' ? undefined : settings, text: text.join('\n') });
}

/** Seconds of a cue. */
export function cueTimes(cue: CueParts): { start: number; end: number } {
  const { start, end } = parseTimestamps(`${textOf(cue, 'start')} --> ${textOf(cue, 'end')}`);
  return { start: roundTime(start / 1000), end: roundTime(end / 1000) };
}

export function textOf(cue: Json | undefined, key: string): string {
  const value = isJsonObject(cue) ? cue.get(key) : undefined;
  return typeof value === 'string' ? value : '';
}

/** A time as it is written. The library's own way of it goes wrong after 24 hours. */
export function timestamp(seconds: number, kind: SubtitleKind): string {
  const total = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(total % 1000).padStart(3, '0');
  return `${two(total / 3_600_000)}:${two((total / 60_000) % 60)}:${two((total / 1000) % 60)}${kind === 'srt' ? ',' : '.'}${rest}`;
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': '\u00A0', '&lrm;': '\u200E', '&rlm;': '\u200F' };
const tag = /<\/?[A-Za-z0-9][^<>\n]*>/;
const frame = new RegExp(`^((?:${tag.source})*)(.*?)((?:${tag.source})*)$`, 's');

/** A cue's text without its tags. `before` and `after` are tags around all of it. */
export function plainText(text: string, kind: SubtitleKind): { caption: string; before: string; after: string } {
  const [, before = '', inner = '', after = ''] = frame.exec(text) ?? [];
  const bare = inner.replace(new RegExp(tag, 'g'), '');
  const caption = kind === 'webvtt' ? bare.replace(/&(?:amp|lt|gt|nbsp|lrm|rlm);/g, (found) => entities[found] ?? found) : bare;
  return { caption, ...around(before, after) };
}

/** Of the tags at both ends those that belong together; a voice need not end. */
function around(before: string, after: string): { before: string; after: string } {
  const opened = namesOf(before);
  const closing = after.match(new RegExp(tag, 'g')) ?? [];
  const last = opened.length === 0 ? [] : closing.slice(-opened.length);
  const fits = namesOf(last.join('')).join() === [...opened].reverse().map((name) => `/${name}`).join();
  if (fits) {
    return { before, after: last.join('') };
  }
  return { before: closing.length === 0 && opened.join() === 'v' ? before : '', after: '' };
}

function namesOf(tags: string): string[] {
  return [...tags.matchAll(/<(\/?[A-Za-z0-9]+)/g)].map(([, name = '']) => name);
}

/** The way back, without tags. Empty lines would end the cue. */
export function cueText(caption: string, kind: SubtitleKind): string {
  const lines = caption.replace(/\r\n?/g, '\n').replace(/\n(?:[ \t]*\n)+/g, '\n').replace(/^\n|\n$/g, '');
  return kind === 'webvtt' ? lines.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : lines;
}
