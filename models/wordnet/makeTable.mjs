// Makes nouns.txt.gz from WordNet's own files:  node models/wordnet/makeTable.mjs FOLDER
// FOLDER holds WordNet 3.0 as Debian's wordnet-base has it in usr/share/wordnet. README.md has the layout.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  throw new Error('Name the folder of data.noun, index.noun, noun.exc, index.verb and verb.exc.');
}
const linesOf = (name) => readFileSync(`${folder}/${name}`, 'latin1').split('\n').filter((line) => line !== '' && !line.startsWith(' '));

/** Names of groups of species are no words that a person searches for: all below this synset is left out. */
const leftOut = ['biological_group'];
/** What people, and labels of detectors, call things that WordNet calls otherwise. */
const alsoCalled = new Map([
  ['cellular telephone', ['cell phone', 'mobile']],
  ['ball', ['sports ball']],
  ['houseplant', ['potted plant']],
  ['wineglass', ['wine glass']],
]);
/** Kinds of things that WordNet files elsewhere, or does not know: beneath what people look for them. */
const alsoBelow = new Map([['bus', 'vehicle'], ['train', 'vehicle']]);
const added = new Map([['stop sign', 'signboard']]);
/** Labels of detectors that WordNet knows better as something else: what they are kinds of. */
const labelsAre = new Map([
  ...[['hot dog', 'snack food'], ['toaster', 'kitchen appliance'], ['kite', 'plaything'], ['cake', 'baked goods']],
  ...[['tv', 'electronic equipment'], ['toilet', 'plumbing fixture'], ['mouse', 'electronic device'], ['remote', 'device']],
  ...[['carrot', 'vegetable'], ['broccoli', 'vegetable'], ['banana', 'edible fruit'], ['keyboard', 'device'], ['bear', 'animal']],
]);
/** Lexicographers' files of what can be seen: animals, artifacts, bodies, food, objects, people, plants. */
const visible = ['05', '06', '08', '13', '17', '18', '20'];
/** A meaning besides the first that is meant this often, as a share of all, counts as usual too. */
const usualShare = 0.25;
/** More words in one name, or longer ones, are nobody's way to search. */
const mostWords = 3;
const mostCharacters = 32;

const synsets = new Map();
for (const line of linesOf('data.noun')) {
  const fields = line.split(' | ')[0].split(' ');
  const count = parseInt(fields[3], 16);
  const words = Array.from({ length: count }, (_, i) => fields[4 + 2 * i]);
  const first = 4 + 2 * count;
  const pointers = Array.from({ length: Number(fields[first]) }, (_, i) => fields.slice(first + 1 + 4 * i, first + 5 + 4 * i));
  const parents = pointers.filter(([kind]) => kind === '@').map(([, offset]) => offset);
  synsets.set(fields[0], { words, parents, isVisible: visible.includes(fields[1]), isPerson: fields[1] === '18', isInstance: pointers.some(([kind]) => kind === '@i') });
}
const plain = (word) => word.replaceAll('_', ' ').toLowerCase();
const counts = new Map();
for (const line of linesOf('cntlist.rev')) {
  const [key, sense, count] = line.split(' ');
  if (/%1:/.test(key)) {
    counts.set(`${key.split('%')[0]} ${sense}`, Number(count));
  }
}
/** Meanings of each word in WordNet's order, the most usual first. */
const meanings = new Map();
for (const line of linesOf('index.noun')) {
  const fields = line.trim().split(' ');
  const offsets = fields.slice(-Number(fields[2]));
  meanings.set(plain(fields[0]), offsets.map((offset, i) => ({ offset, count: counts.get(`${fields[0]} ${i + 1}`) ?? 0 })));
}
const ancestors = (offset, found = new Set()) => {
  found.add(offset);
  synsets.get(offset).parents.forEach((parent) => ancestors(parent, found));
  return found;
};
const isKindOf = (offset, kind) => [...ancestors(offset)].some((each) => synsets.get(each).words.some((word) => plain(word) === kind));
/** 1: what the word mostly means; 2: also usual, or the first thing of that name that can be seen; 3: all others. */
const rankOf = (word, offset) => {
  const all = meanings.get(word) ?? [];
  const label = labelsAre.get(word);
  if (label !== undefined && isKindOf(offset, label)) {
    return 1;
  }
  const position = all.findIndex((each) => each.offset === offset);
  if (position <= 0) {
    return label === undefined ? 1 : synsets.get(offset).isPerson || !synsets.get(offset).isVisible ? 3 : 2;
  }
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const isUsual = all[position].count >= 2 && all[position].count >= usualShare * total;
  const firstVisible = all.findIndex((each) => synsets.get(each.offset).isVisible);
  return isUsual || (firstVisible === position && label === undefined) ? 2 : 3;
};
const below = new Map();
const isBelow = (offset, seen = new Set()) => {
  if (!below.has(offset) && !seen.has(offset)) {
    seen.add(offset);
    const { words, parents } = synsets.get(offset);
    below.set(offset, words.some((word) => leftOut.includes(word)) || parents.some((parent) => isBelow(parent, seen)));
  }
  return below.get(offset) ?? false;
};
const isUsable = (word) => word.length <= mostCharacters && word.split(' ').length <= mostWords && /^[a-z][a-z' .-]*$/.test(word) && !/^[a-z]$/.test(word);

const numbers = new Map();
const lines = [];
const place = (offset) => {
  if (numbers.has(offset)) {
    return;
  }
  const { words, parents, isInstance } = synsets.get(offset);
  if (isInstance || isBelow(offset)) {
    numbers.set(offset, undefined);
    return;
  }
  parents.forEach(place);
  const known = new Map();
  for (const word of words.map(plain)) {
    const rank = rankOf(word, offset);
    const also = alsoCalled.get(word) ?? [];
    [word, ...(rank === 1 ? also : [])].filter(isUsable).forEach((each) => known.set(each, Math.min(rank, known.get(each) ?? rank)));
  }
  const number = lines.length;
  numbers.set(offset, number);
  const above = parents.map((parent) => numbers.get(parent)).filter((each) => each !== undefined);
  const names = [...known].map(([word, rank]) => (rank === 1 ? word : `${word}:${rank}`));
  lines.push(`${names.join(',')}|${above.map((each) => (number - each).toString(36)).join(',')}`);
};
[...synsets.keys()].forEach(place);
const numberOf = (word) => numbers.get(meanings.get(word)[0].offset);
const point = (from, word) => (from - numberOf(word)).toString(36);
for (const [word, kind] of alsoBelow) {
  const number = numberOf(word);
  // A parent comes before its children: these two do.
  if (numberOf(kind) >= number) throw new Error(`${kind} comes after ${word}.`);
  lines[number] += `,${point(number, kind)}`;
}
added.forEach((kind, word) => lines.push(`${word}|${point(lines.length, kind)}`));

const exceptions = (name) => linesOf(name).map((line) => line.trim().split(' ')).filter((words) => words.every((word) => /^[a-z]+$/.test(word))).map((words) => words.join(' '));
const verbs = linesOf('index.verb').map((line) => line.split(' ')[0]).filter((word) => /^[a-z]+$/.test(word) && word.length > 1);
/** WordNet counts this one as a word of its own. */
const plurals = ['people person'];
const text = [...lines, '', ...plurals, ...exceptions('noun.exc'), '', ...exceptions('verb.exc'), '', verbs.join(' '), ''].join('\n');
const packed = gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
writeFileSync(fileURLToPath(new URL('nouns.txt.gz', import.meta.url)), packed);
console.log(`${lines.length} meanings, ${text.length} characters, ${packed.length} bytes`);
