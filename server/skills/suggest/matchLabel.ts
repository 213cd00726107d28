const joined = /[\p{L}\p{N}]/u;
/** Scripts without spaces between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * The label that an answer names. Undefined where it names none, or several: then there is no saying which it means.
 * A label counts only as a whole word, and not where it is part of a longer one that was named.
 */
export function matchLabel(answer: string, labels: readonly string[]): string | undefined {
  let rest = plain(answer);
  const found = new Set<string>();
  for (const label of [...labels].sort((a, b) => b.length - a.length)) {
    const name = plain(label);
    for (let at = name === '' ? -1 : rest.indexOf(name); at >= 0; at = rest.indexOf(name, at + name.length)) {
      if (isWhole(rest, at, name)) {
        found.add(label);
        rest = rest.slice(0, at) + '\u0000'.repeat(name.length) + rest.slice(at + name.length);
      }
    }
  }
  const [only, another] = found;
  return another === undefined ? only : undefined;
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[_-]/g, ' ').replace(/\s+/g, ' ').trim();
}

function isWhole(text: string, at: number, name: string): boolean {
  const ends = (inner: string | undefined, outer: string | undefined): boolean =>
    inner === undefined || outer === undefined || unspaced.test(inner) || !joined.test(inner) || !joined.test(outer);
  return ends(name[0], text[at - 1]) && ends(name.at(-1), text[at + name.length]);
}
