/** Of BM25: how soon repetition stops to count, and how much length does. */
const [saturation, lengthShare] = [1.2, 0.75];
/** Words that tell nothing about what is asked. */
const empty = new Set('a an and are at be by can could did do does for from had has have how in is it its many much of on or that the there they this to was were what when where which who whom whose why will with would you'.split(' '));

/**
 * How much each text has to do with a question, by Okapi BM25; 0 where it shares no word with it. Not SQLite's FTS5: to it a word
 * of most captions is worth nothing and Chinese is one word, and a table of a few hundred captions takes longer to make than this.
 */
export function scoreTexts(question: string, texts: readonly string[]): number[] {
  const asked = [...new Set(wordsOf(question).filter((word) => !empty.has(word)))];
  const documents = texts.map(wordsOf);
  const usual = documents.reduce((sum, words) => sum + words.length, 0) / Math.max(1, documents.length);
  const rareness = asked.map((word) => {
    const holding = documents.filter((words) => words.includes(word)).length;
    return Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5));
  });
  return documents.map((words) =>
    asked.reduce((sum, word, i) => {
      const count = words.filter((each) => each === word).length;
      const weight = (count * (saturation + 1)) / (count + saturation * (1 - lengthShare + (lengthShare * words.length) / Math.max(1, usual)));
      return sum + (rareness[i] ?? 0) * weight;
    }, 0),
  );
}

/** Words in lower case without the plural's ending; each two neighbours of scripts that write no spaces. */
function wordsOf(text: string): string[] {
  const words = text.normalize('NFKC').toLowerCase().match(/\p{Script=Han}+|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];
  return words.flatMap((word) => (/^\p{Script=Han}/u.test(word) ? pairsOf(word) : [singular(word)]));
}

function pairsOf(word: string): string[] {
  const letters = [...word];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, i) => `${letters[i] ?? ''}${letter}`);
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}
