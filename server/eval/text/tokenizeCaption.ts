/** Tokens that coco-caption throws away after the Penn Treebank tokeniser. */
const punctuation = new Set(["''", "'", '``', '`', '.', '?', '!', ',', ':', '-', '--', '...', ';']);
const token = /\d+(?:[.,]\d+)*(?:[-\p{L}\p{N}]*\p{L})?|[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[-’'][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*|\.\.\.|--|[^\s]/gu;
const contraction = /^(.+?)(n't|'(?:s|re|ve|ll|d|m))$/;

/**
 * The words of a caption as coco-caption scores them: lower case, contractions apart (`does n't`, `dog 's`), hyphenated
 * words and numbers whole, punctuation gone. Unlike the Java tokeniser behind it this one has no table of abbreviations
 * (`e.g.` is two words), drops brackets and other symbols instead of renaming them, and reads ’ as '.
 */
export function tokenizeCaption(text: string): string[] {
  return [...text.normalize('NFC').toLowerCase().replaceAll('’', "'").matchAll(token)].flatMap(([word]) => {
    if (punctuation.has(word) || !/[\p{L}\p{N}]/u.test(word)) {
      return [];
    }
    const [, stem, ending] = contraction.exec(word) ?? [];
    return stem !== undefined && ending !== undefined ? [stem, ending] : [word];
  });
}
