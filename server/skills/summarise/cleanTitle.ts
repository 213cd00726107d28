import { cleanLine } from '../suggest/cleanAnswer.js';

/** Longest title, in characters. */
const longest = 60;

/** What a model answers when asked for a title, as a title: one line, without quotes, what it is, or the mark at the end. */
export function cleanTitle(answer: string): string {
  const line = cleanLine(answer)
    .replace(/^(?:title|标题)\s*[:：]\s*/i, '')
    .replace(/[*_`#]+/g, '')
    .trim();
  const bare = /^["“”'«].*["“”'»]$/.test(line) && !/["“”«»]/.test(line.slice(1, -1)) ? line.slice(1, -1) : line;
  const text = bare.replace(/[.。\s]+$/u, '').trim();
  if (text.length <= longest) {
    return text;
  }
  const cut = text.slice(0, longest - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > longest / 2 ? cut.slice(0, space) : cut).replace(/[,;·\s]+$/u, '')}…`;
}
