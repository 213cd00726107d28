/** What fills a gap of a phrase: names, numbers, words of other programs, or a phrase again. */
export type PhrasePart = string | number | bigint | Phrase;

/**
 * What a person is told: the English words with gaps `{0}`, `{1}`, …, and what fills them. The English template is the
 * key of its translations, so that each client can be told it in its own language.
 */
export class Phrase {
  constructor(
    readonly template: string,
    readonly parts: readonly PhrasePart[] = [],
  ) {}

  /** In English. */
  toString(): string {
    return renderPhrase(this, (template) => template);
  }
}

/** Makes a phrase out of a template literal: `` phrase`There is no model "${id}".` ``. */
export function phrase(words: TemplateStringsArray, ...parts: PhrasePart[]): Phrase {
  return new Phrase(words.reduce((template, next, i) => `${template}{${i - 1}}${next}`), parts);
}

/**
 * Says a phrase in some language. A string is a phrase without gaps.
 *
 * @param lookUp gives the translation of a template, or the template itself
 */
export function renderPhrase(words: string | Phrase, lookUp: (template: string) => string): string {
  const { template, parts } = typeof words === 'string' ? new Phrase(words) : words;
  const filled = (gap: string, index: string): string => {
    const part = parts[Number(index)];
    return part === undefined ? gap : part instanceof Phrase ? renderPhrase(part, lookUp) : String(part);
  };
  return lookUp(template).replace(/\{(\d+)\}/g, filled);
}
