import { textChange } from '../../server/common/annotations/textChange.js';

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

/** Where lines begin: places of a text as editors count them. */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  get lines(): number {
    return this.starts.length;
  }

  /** @param offset UTF-16 units; outside the text: its nearest end */
  place(offset: number): { line: number; character: number } {
    const inside = Math.min(Math.max(0, offset), this.text.length);
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= inside) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return { line: low, character: inside - (this.starts[low] ?? 0) };
  }
}

/** The fewest lines in a row that turn one text into another; undefined when they are equal. Both have line feeds only. */
export function lineChange(before: string, after: string, index = new LineIndex(before)): LineChange | undefined {
  const change = textChange(before, after);
  if (!change) {
    return undefined;
  }
  // A change goes to the beginning of a line or to the end of the text.
  const end = index.place(change.end);
  const endLine = change.end === before.length && end.character > 0 ? index.lines : end.line;
  return { startLine: index.place(change.start).line, endLine, text: change.text };
}
