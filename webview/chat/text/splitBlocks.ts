/** A part of a Markdown text that can be rendered by itself, and where it begins. */
export interface Block {
  start: number;
  text: string;
}

const fenceLine = /^\s*(`{3,}|~{3,})(.*)$/;
const listItem = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;

/**
 * Cuts Markdown at blank lines between top-level blocks. Fences stay whole, and so do lists with blank lines between
 * their items; reference definitions work within their block only. All blocks joined are the text.
 */
export function splitBlocks(text: string, from = 0): Block[] {
  const blocks: Block[] = [];
  let start = from;
  let fence: string | undefined;
  let inList = false;
  let blank = false;
  let empty = true;
  let position = from;
  while (position < text.length) {
    const newline = text.indexOf('\n', position);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(position, newline < 0 ? end : newline);
    const isBlank = line.trim() === '';
    if (fence === undefined && blank && !isBlank && !empty) {
      const item = listItem.test(line);
      if (!/^\s/.test(line) && !(inList && item)) {
        blocks.push({ start, text: text.slice(start, position) });
        start = position;
        inList = false;
      }
    }
    if (!isBlank) {
      const match = fenceLine.exec(line);
      if (fence !== undefined) {
        const closing = match?.[1];
        if (closing?.startsWith(fence) && match?.[2]?.trim() === '') {
          fence = undefined;
        }
      } else if (match?.[1] !== undefined && !(match[1].startsWith('`') && match[2]?.includes('`'))) {
        fence = match[1];
      }
      inList ||= fence === undefined && listItem.test(line);
      empty = false;
    }
    blank = isBlank;
    position = end;
  }
  if (start < text.length) {
    blocks.push({ start, text: text.slice(start) });
  }
  return blocks;
}
