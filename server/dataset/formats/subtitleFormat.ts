import { phrase } from '../../protocol/index.js';
import { type Json, jsonObject } from '../json/json.js';
import { keyRanks } from '../json/keyOrder.js';
import { type ClipFile, clipFileFormat, type ClipFileParts, textOfFile } from './clipFileFormat.js';
import { applyRest, hintOf, makeRest } from './entryRest.js';
import { EntryMismatch, formatInvalid } from './formatError.js';
import type { Format, PieceItem, SourceFile } from './format.js';
import { cueOf, type CueParts, cueText, cueTimes, plainText, type SubtitleKind, textOf, timestamp } from './subtitleCue.js';

interface SubtitleRest {
  bom?: boolean;
  crlf?: boolean;
  /** WebVTT's first block. */
  header?: string;
  /** Notes, styles, regions: in front of the cue with this number. */
  blocks?: { at: number; text: string }[];
}
type Segment = Extract<PieceItem, { list: 'segments' }>;

const ranks = keyRanks(['id', 'start', 'end', 'settings', 'text']);

function subtitleFormat(kind: SubtitleKind, extension: `.${string}`, note: string): Format {
  return clipFileFormat({
    name: kind,
    extensions: [extension],
    keeps: { segments: ['caption', 'label'], unedited: 'equal cues, text and settings', note },
    read: (file) => readSubtitles(file, kind),
    write: (parts) => writeSubtitles(parts, kind),
  });
}

/** Subtitles for the web: a file for each clip. */
export const webvttFormat = subtitleFormat(
  'webvtt',
  '.vtt',
  'A file for each clip, in milliseconds. Tags are no part of the caption: those around it stay, those inside go when it is edited.',
);

/** SubRip subtitles: a file for each clip. */
export const srtFormat = subtitleFormat(
  'srt',
  '.srt',
  'A file for each clip, in milliseconds, numbered anew where cues were added or left out. Tags are treated as in WebVTT.',
);

async function readSubtitles(file: SourceFile, kind: SubtitleKind): Promise<ClipFile> {
  const text = await textOfFile(file);
  const rest: SubtitleRest = { ...(text.startsWith('\uFEFF') && { bom: true }), ...(/\r\n/.test(text) && { crlf: true }) };
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split('\n');
  if (kind === 'webvtt' && !/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? '')) {
    throw formatInvalid(file.path, phrase`line ${1}`, '"WEBVTT"');
  }
  const items: PieceItem[] = [];
  const others: { at: number; text: string }[] = [];
  for (const { line, block } of blocksOf(lines)) {
    const cue = cueAt(file, line, block);
    if (cue) {
      items.push(readCue(cue, items.length, kind));
    } else if (kind === 'webvtt' && line === 1) {
      rest.header = block.join('\n') === 'WEBVTT' ? undefined : block.join('\n');
    } else {
      others.push({ at: items.length, text: block.join('\n') });
    }
  }
  if (kind === 'srt' && items.length === 0 && others.length > 0) {
    throw formatInvalid(file.path, phrase`line ${1}`, phrase`times like 00:01:02.500 --> 00:01:04.000`);
  }
  if (others.length > 0) {
    rest.blocks = others;
  }
  return { items, ...(Object.values(rest).some((each) => each !== undefined) && { rest }) };
}

function* blocksOf(lines: readonly string[]): Iterable<{ line: number; block: string[] }> {
  let block: string[] = [];
  for (const [i, line] of [...lines, ''].entries()) {
    if (line.trim() !== '') {
      block.push(line);
    } else if (block.length > 0) {
      yield { line: i - block.length + 1, block };
      block = [];
    }
  }
}

function cueAt(file: SourceFile, line: number, block: readonly string[]): CueParts | undefined {
  try {
    return cueOf(block);
  } catch (error) {
    throw error instanceof EntryMismatch ? formatInvalid(file.path, phrase`line ${line}`, error.expected) : error;
  }
}

function readCue(cue: CueParts, index: number, kind: SubtitleKind): PieceItem {
  const { caption, before, after } = plainText(textOf(cue, 'text'), kind);
  const segment: Segment = { list: 'segments', item: { ...cueTimes(cue), caption } };
  const hint = before + after === '' ? undefined : jsonObject({ before, after });
  const rest = makeRest(rebuiltCue(segment, index, hint, kind), cue, ranks, hint);
  return rest === undefined ? segment : { ...segment, rest };
}

function rebuiltCue({ item }: Segment, index: number, hint: Json | undefined, kind: SubtitleKind): CueParts {
  const text = `${textOf(hint, 'before')}${cueText(item.caption ?? item.label ?? '', kind)}${textOf(hint, 'after')}`;
  return jsonObject({ id: kind === 'srt' ? String(index + 1) : undefined, start: timestamp(item.start, kind), end: timestamp(item.end, kind), text });
}

function writeSubtitles({ rest: told, items, lost }: ClipFileParts, kind: SubtitleKind): string | undefined {
  const rest = (told ?? {}) as SubtitleRest;
  const segments = items.filter((each) => each.list === 'segments');
  const fresh = segments.filter((each) => !each.imported);
  const silent = fresh.filter(({ item }) => (item.caption ?? item.label ?? '').trim() === '');
  if (silent.length > 0) {
    lost('segments without caption and label', silent.length);
  }
  const cues = segments.filter((each) => each.imported).map((segment, at) => ({ segment, at }));
  const order = [...cues];
  for (const segment of fresh.filter((each) => !silent.includes(each))) {
    const behind = order.findLastIndex((each) => each.segment.item.start <= segment.item.start);
    order.splice(behind + 1, 0, { segment, at: -1 });
  }
  if (told === undefined && order.length === 0 && items.length > 0) {
    return undefined;
  }
  const blocks = [...(rest.blocks ?? [])];
  const texts = kind === 'webvtt' ? [rest.header ?? 'WEBVTT'] : [];
  order.forEach(({ segment, at }, i) => {
    while (at >= 0 && blocks[0] && blocks[0].at <= at) {
      texts.push(blocks.shift()?.text ?? '');
    }
    texts.push(cueLines(applyRest(rebuiltCue(segment, i, hintOf(segment.rest), kind), segment.rest, ranks)));
  });
  texts.push(...blocks.map(({ text }) => text));
  const text = texts.map((each) => `${each}\n`).join('\n');
  return `${rest.bom ? '\uFEFF' : ''}${rest.crlf ? text.replaceAll('\n', '\r\n') : text}`;
}

function cueLines(cue: Json | undefined): string {
  const id = textOf(cue, 'id');
  const settings = textOf(cue, 'settings');
  const times = `${textOf(cue, 'start')} --> ${textOf(cue, 'end')}${settings === '' ? '' : ` ${settings}`}`;
  const text = textOf(cue, 'text');
  return [...(id === '' ? [] : [id]), times, ...(text === '' ? [] : [text])].join('\n');
}
