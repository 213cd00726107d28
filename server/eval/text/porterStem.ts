/** Number of vowel–consonant sequences: `m` in Porter's paper. */
function measure(stem: string): number {
  return (classes(stem).replace(/(.)\1+/g, '$1').match(/vc/g) ?? []).length;
}

/** The word as c and v: y is a vowel after a consonant. */
function classes(word: string): string {
  let kinds = '';
  for (const letter of word) {
    kinds += /[aeiou]/.test(letter) || (letter === 'y' && kinds.endsWith('c')) ? 'v' : 'c';
  }
  return kinds;
}

const hasVowel = (stem: string): boolean => classes(stem).includes('v');
const endsDouble = (word: string): boolean => /([^aeiou])\1$/.test(word) && classes(word).endsWith('cc');
/** Consonant, vowel, consonant other than w, x, y. */
const endsShort = (word: string): boolean => classes(word).endsWith('cvc') && !/[wxy]$/.test(word);

type Rule = readonly [ending: string, replacement: string];

const step2: readonly Rule[] = [
  ...([['ational', 'ate'], ['tional', 'tion'], ['enci', 'ence'], ['anci', 'ance'], ['izer', 'ize'], ['abli', 'able'], ['alli', 'al']] as const),
  ...([['entli', 'ent'], ['eli', 'e'], ['ousli', 'ous'], ['ization', 'ize'], ['ation', 'ate'], ['ator', 'ate'], ['alism', 'al']] as const),
  ...([['iveness', 'ive'], ['fulness', 'ful'], ['ousness', 'ous'], ['aliti', 'al'], ['iviti', 'ive'], ['biliti', 'ble']] as const),
];
const step3: readonly Rule[] = [['icate', 'ic'], ['ative', ''], ['alize', 'al'], ['iciti', 'ic'], ['ical', 'ic'], ['ful', ''], ['ness', '']];
const step4 = ['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent', 'ion', 'ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'];

/** The longest ending that fits decides, whether its condition holds or not. */
function replaceLongest(word: string, rules: readonly Rule[], may: (stem: string, ending: string) => boolean): string {
  const [ending, replacement] = rules.filter(([each]) => word.endsWith(each)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (ending === undefined || replacement === undefined) {
    return word;
  }
  const stem = word.slice(0, -ending.length);
  return may(stem, ending) ? stem + replacement : word;
}

function withoutPast(word: string): string {
  if (word.endsWith('eed')) {
    return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  }
  const [ending] = /(?:ed|ing)$/.exec(word) ?? [];
  const stem = ending === undefined ? '' : word.slice(0, -ending.length);
  if (ending === undefined || !hasVowel(stem)) {
    return word;
  }
  if (/(?:at|bl|iz)$/.test(stem)) {
    return `${stem}e`;
  }
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) {
    return stem.slice(0, -1);
  }
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** The stem of an English word in lower case, by Porter's algorithm of 1980. */
export function porterStem(word: string): string {
  if (word.length <= 2 || !/^[a-z]+$/.test(word)) {
    return word;
  }
  // 1a and 1b: plurals and past forms; 1c: -y.
  let stem = word.replace(/sses$/, 'ss').replace(/ies$/, 'i');
  if (stem === word && /[^s]s$/.test(word)) {
    stem = word.slice(0, -1);
  }
  stem = withoutPast(stem);
  if (stem.endsWith('y') && hasVowel(stem.slice(0, -1))) {
    stem = `${stem.slice(0, -1)}i`;
  }
  stem = replaceLongest(stem, step2, (rest) => measure(rest) > 0);
  stem = replaceLongest(stem, step3, (rest) => measure(rest) > 0);
  stem = replaceLongest(stem, step4.map((ending) => [ending, ''] as const), (rest, ending) => measure(rest) > 1 && (ending !== 'ion' || /[st]$/.test(rest)));
  // 5: a last -e, and -ll.
  if (stem.endsWith('e')) {
    const rest = stem.slice(0, -1);
    const m = measure(rest);
    if (m > 1 || (m === 1 && !endsShort(rest))) {
      stem = rest;
    }
  }
  return measure(stem) > 1 && endsDouble(stem) && stem.endsWith('l') ? stem.slice(0, -1) : stem;
}
