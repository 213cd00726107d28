import { isAbsolute } from 'node:path';
import type { Segment } from '../../server/protocol/index.js';

/** What `vscode://videochat.videochat/open?file=…&t=3,7` asks for. */
export interface OpenRequest {
  /** Absolute, or relative to a folder of the workspace. */
  file: string;
  /** Part of the clip to show first. */
  segment?: Segment;
}

/**
 * Reads the query of an `open` link. Times are those of Media Fragments: `t=3`, `t=3,7`, in seconds.
 *
 * @returns undefined for a link that names no usable file; anybody can make one, so nothing in it is trusted
 */
export function readOpenQuery(query: string): OpenRequest | undefined {
  const values = new URLSearchParams(query);
  const file = values.get('file') ?? '';
  // Network paths would make Windows log in to somebody's server.
  const usable = file !== '' && file.length <= 4096 && !file.includes('\0') && !/^[\\/]{2}/.test(file);
  if (!usable || (!isAbsolute(file) && file.split(/[\\/]/).includes('..'))) {
    return undefined;
  }
  const segment = readTime(values.get('t'));
  return { file, ...(segment && { segment }) };
}

function readTime(text: string | null): Segment | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,6})?)(?:,(\d{1,6}(?:\.\d{1,6})?))?$/.exec(text ?? '');
  if (!match) {
    return undefined;
  }
  const startSeconds = Number(match[1]);
  const endSeconds = match[2] === undefined ? startSeconds : Number(match[2]);
  return { startSeconds, endSeconds: Math.max(startSeconds, endSeconds) };
}

/** The query that {@link readOpenQuery} reads. */
export function openQuery({ file, segment }: OpenRequest): string {
  const time = segment && (segment.endSeconds > segment.startSeconds ? `${seconds(segment.startSeconds)},${seconds(segment.endSeconds)}` : seconds(segment.startSeconds));
  return `file=${encodeURIComponent(file)}${time === undefined ? '' : `&t=${time}`}`;
}

const seconds = (value: number): string => String(Math.round(value * 1000) / 1000);
