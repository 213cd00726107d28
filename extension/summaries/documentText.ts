import type { Segment, Summary } from '../../server/protocol/index.js';
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

/** Dashes are coded too: two of them would end the comment. */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/-/g, '%2D');
}

export function escapeText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}

/** `0:05.2`, `1:02:03`. */
export function formatTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = (tenths % 600) / 10;
  const padded = (Number.isInteger(rest) ? String(rest) : rest.toFixed(1)).padStart(Number.isInteger(rest) ? 2 : 4, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}

export const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
