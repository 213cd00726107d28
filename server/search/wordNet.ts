import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../common/packageRoot.js';
import { Hypernyms } from './hypernyms.js';
import { WordForms } from './wordForms.js';

/** What is known of English words. */
export interface WordNet {
  hypernyms: Hypernyms;
  forms: WordForms;
}

let shared: WordNet | undefined;

/** The table that comes with the program, read once for each thread. @throws as {@link readWordNet} */
export function sharedWordNet(): WordNet {
  shared ??= readWordNet();
  return shared;
}

/** Where the table lies in a checkout and in a package. */
export function wordNetPath(): string {
  return join(packageRoot(), 'models', 'wordnet', 'nouns.txt.gz');
}

/**
 * Reads the table, which takes some tenths of a second: nothing for a thread that answers others.
 *
 * @throws Error where it is not there or damaged
 */
export function readWordNet(path = wordNetPath()): WordNet {
  const [table = '', plurals = '', verbForms = '', verbs = ''] = gunzipSync(readFileSync(path), { maxOutputLength: 32 * 1024 * 1024 })
    .toString('utf8')
    .split('\n\n');
  const hypernyms = new Hypernyms(table);
  const allVerbs = new Set(verbs.trim().split(' '));
  const vocabulary = {
    isNoun: (word: string) => hypernyms.has(word),
    isVerb: (word: string) => allVerbs.has(word),
    plurals: pairsOf(plurals),
    verbForms: pairsOf(verbForms),
  };
  return { hypernyms, forms: new WordForms(vocabulary) };
}

function pairsOf(part: string): Map<string, string> {
  return new Map(part.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}
