import { textChange } from '../../server/common/annotations/textChange.js';
import { TextLines } from '../../server/common/annotations/textLines.js';

/** Lines of a text that are replaced: from the beginning of one to the beginning of another. */
export interface LineChange {
  startLine: number;
  /** Exclusive; the number of lines: up to the end of the text. */
  endLine: number;
  /** Whole lines, each with `\n` behind it, but for the last of the text. */
  text: string;
}

/** A text whose lines end with `\n`, whatever its file has. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The fewest lines in a row that turn one text into another; undefined when they are equal. Both have line feeds only. */
export function lineChange(before: string, after: string, index = new TextLines(before)): LineChange | undefined {
  const change = textChange(before, after);
  if (!change) {
    return undefined;
  }
  // A change goes to the beginning of a line or to the end of the text.
  const end = index.place(change.end);
  const endLine = change.end === before.length && end.character > 0 ? index.count : end.line;
  return { startLine: index.place(change.start).line, endLine, text: change.text };
}
