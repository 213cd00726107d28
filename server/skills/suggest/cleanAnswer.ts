/** Longest text that is kept of an answer, in UTF-16 units. */
export const longestAnswer = 4000;

/** Marks of chat templates; a model that says one has gone past the end of its answer, or repeats its prompt. */
const marks = /<\|[^|<>\n]{1,60}\|>|<\/?s>|<\/?(?:unk|pad|bos|eos|img|image|video)>|\[\/?INST\]|<<\/?SYS>>|(?<!\S)#{3}\s*(?:Human|Assistant|User|System)?:?/gi;
/** Characters that show nothing, or turn the direction of what follows. Those that join letters stay. */
const unseen = /[\p{Cs}\p{Co}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/gu;

/**
 * What a model has said, as a text to keep: without control tokens and characters, not longer than
 * {@link longestAnswer}. Lines stay lines. Empty where nothing is left.
 */
export function cleanAnswer(text: string): string {
  const plain = text
    // Bounded before anything looks at it: an answer may have any length.
    .slice(0, 4 * longestAnswer)
    .replace(marks, ' ')
    .replace(unseen, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
  return plain.length <= longestAnswer ? plain : `${cutAtWord(plain, longestAnswer - 1)}…`;
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanAnswer(text).replaceAll('\n', ' ');
}

/** Whether two texts say the same to a reader: case, spaces and the mark at the end do not count. */
export function sameText(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && plainText(a) === plainText(b);
}

function plainText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim().replace(/[.!?。！？]+$/u, '');
}

function cutAtWord(text: string, length: number): string {
  const cut = text.slice(0, length).replace(/\p{Cs}$/u, '');
  const space = cut.lastIndexOf(' ');
  return space > length / 2 ? cut.slice(0, space) : cut;
}
