import { partitionPoint } from '../../protocol/index.js';

/** Lines of a text, as editors count them: after `\n`, `\r` and `\r\n`. */
export class TextLines {
  private readonly starts: number[] = [0];

  constructor(private readonly text: string) {
    const ends = /\r\n?|\n/g;
    while (ends.test(text)) {
      this.starts.push(ends.lastIndex);
    }
  }

  get count(): number {
    return this.starts.length;
  }

  /**
   * Both from 0; the character in UTF-16 units.
   *
   * @param offset UTF-16 units; outside the text: its nearest end
   */
  place(offset: number): { line: number; character: number } {
    const inside = Math.min(Math.max(0, offset), this.text.length);
    const line = partitionPoint(this.starts, (start) => start <= inside) - 1;
    return { line, character: inside - (this.starts[line] ?? 0) };
  }
}
