/** A word of a text, as it is compared: in lower case, without accents. */
export interface Word {
  text: string;
  /** Where it stands, in UTF-16 units. */
  start: number;
  end: number;
}

const wordPattern = /[\p{L}\p{N}\p{M}\uE000-\uF8FF]+/gu;
/** Scripts that put no spaces between words: each of their characters counts as one. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*/gu;
const longestWord = 64;

/** The words of a text in their order. Private characters, which no text is searched for by, are none. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: run, index } of text.matchAll(wordPattern)) {
    let end = 0;
    for (const { 0: character, index: at } of run.matchAll(unspaced)) {
      add(words, run.slice(end, at), index + end);
      add(words, character, index + at);
      end = at + character.length;
    }
    add(words, run.slice(end), index + end);
  }
  return words;
}

/** A word as it is compared. */
export function comparable(word: string): string {
  const folded = word.normalize('NFKD').replace(/[\u0300-\u036f]|[^\p{L}\p{N}\p{M}]/gu, '').normalize('NFC').toLowerCase();
  return folded.slice(0, longestWord);
}

/** Whether this is of a script without spaces. */
export function isUnspaced(text: string): boolean {
  return text.search(unspaced) >= 0;
}

function add(words: Word[], run: string, start: number): void {
  const text = comparable(run);
  if (text !== '') {
    words.push({ text, start, end: start + run.length });
  }
}
