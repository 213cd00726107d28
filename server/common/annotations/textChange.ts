/** Replace `[start, end)` of a text (UTF-16 units) by `text`. */
export interface TextChange {
  start: number;
  end: number;
  text: string;
}

/** The smallest single stretch of whole lines that turns one text into another; undefined when they are equal. */
export function textChange(before: string, after: string): TextChange | undefined {
  if (before === after) {
    return undefined;
  }
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) {
    start++;
  }
  start = start === 0 ? 0 : before.lastIndexOf('\n', start - 1) + 1;
  let tail = 0;
  while (tail < shorter - start && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) {
    tail++;
  }
  // Back to the beginning of a line: a half line that happens to be equal belongs to the change.
  const isLineStart = (text: string): boolean => tail === text.length || text[text.length - tail - 1] === '\n';
  if (!isLineStart(before) || !isLineStart(after)) {
    const lineEnd = before.indexOf('\n', before.length - tail);
    tail = lineEnd < 0 ? 0 : before.length - lineEnd - 1;
  }
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}
