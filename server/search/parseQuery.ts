import { ErrorCode, VideoChatError } from '../protocol/index.js';
import { comparable, isUnspaced, wordsOf } from './words.js';

/** A word that is looked for, or several in their order. */
export interface QueryTerm {
  /** As the person wrote it. */
  asked: string;
  /** As it is compared. */
  words: string[];
  /** In quotes: no other form of it will do. */
  isExact: boolean;
}

export interface ParsedQuery {
  terms: QueryTerm[];
  /** What must not be there. */
  unwanted: QueryTerm[];
}

const mostTerms = 12;
const longestPhrase = 12;
/** Words that say nothing of what is looked for. */
const emptyWords = new Set(
  ('a an the of in on at to from by with without and or is are was were be been am do does did has have had it its this that these those there ' +
    'when where who what which how why i me my you your we our they their he she his her him as for into onto while during any some all ' +
    'show find search moment moments scene scenes clip clips video videos please 的 了 在 是 和 与 有 我 你 他 她 它 吗 呢 把 被').split(' '),
);

/**
 * Reads what a person typed: words, "words in order", -words that must not be there.
 *
 * @param isName tells of words that belong together, like "traffic light"
 * @throws VideoChatError InvalidParams where there is nothing to look for
 */
export function parseQuery(query: string, isName: (words: string) => boolean = () => false): ParsedQuery {
  const terms: QueryTerm[] = [];
  const unwanted: QueryTerm[] = [];
  let loose: QueryTerm[] = [];
  const settle = (): void => {
    terms.push(...joinNames(loose, isName));
    loose = [];
  };
  for (const [, minus = '', quoted, plain = ''] of query.matchAll(/(-?)["“”]([^"“”]*)["“”]|([^\s"“”]+)/gu)) {
    const isUnwanted = minus === '-' || (quoted === undefined && /^-\p{L}/u.test(plain));
    const text = quoted ?? plain;
    const found = quoted === undefined ? plainTerms(text) : [termOf(text, true)];
    const usable = found.filter(({ words }) => words.length > 0);
    if (isUnwanted) {
      unwanted.push(...usable);
    } else if (quoted !== undefined) {
      settle();
      terms.push(...usable);
    } else {
      loose.push(...usable);
    }
  }
  settle();
  const telling = terms.filter(({ words, isExact }) => isExact || !words.every((word) => emptyWords.has(word)));
  const kept = distinct(telling.length > 0 ? telling : terms).slice(0, mostTerms);
  if (kept.length === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'There is nothing to look for in this question.', { hint: 'Name something that can be seen, read or heard.' });
  }
  return { terms: kept, unwanted: unwanted.slice(0, mostTerms) };
}

/**
 * What a picture has to look like to fit what a person typed: all that is wanted. Undefined where words are asked for
 * that must stand there.
 */
export function pictureText(query: string): string | undefined {
  const wanted = query.replace(/-["“”][^"“”]*["“”]|(?<=^|\s)-\p{L}\S*/gu, ' ').replace(/\s+/g, ' ').trim();
  return wanted === '' || /["“”]/.test(wanted) ? undefined : wanted;
}

/** A word between spaces may be several: "T-shirt", or Chinese. */
function plainTerms(text: string): QueryTerm[] {
  if (!isUnspaced(text)) {
    return wordsOf(text).map(({ start, end }) => termOf(text.slice(start, end), false));
  }
  const segments = [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)].filter(({ isWordLike }) => isWordLike);
  return segments.map(({ segment }) => termOf(segment, false));
}

function termOf(text: string, isExact: boolean): QueryTerm {
  return { asked: text.trim(), words: wordsOf(text).map((word) => word.text).slice(0, longestPhrase), isExact };
}

/** Two or three words that are the name of one thing become one. */
function joinNames(terms: readonly QueryTerm[], isName: (words: string) => boolean): QueryTerm[] {
  const joined: QueryTerm[] = [];
  for (let i = 0; i < terms.length; ) {
    const isEmpty = (terms[i]?.words ?? []).every((word) => emptyWords.has(word));
    const count = [3, 2].find((size) => !isEmpty && i + size <= terms.length && isName(textOf(terms.slice(i, i + size)))) ?? 1;
    const part = terms.slice(i, i + count);
    joined.push({ asked: part.map(({ asked }) => asked).join(' '), words: part.flatMap(({ words }) => words), isExact: false });
    i += count;
  }
  return joined;
}

function textOf(terms: readonly QueryTerm[]): string {
  return terms.flatMap(({ words }) => words).join(' ');
}

function distinct(terms: readonly QueryTerm[]): QueryTerm[] {
  const byText = new Map(terms.map((term) => [comparable(term.asked), term] as const));
  return [...byText.values()];
}
