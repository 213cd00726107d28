import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../server/search/parseQuery.js';
import { widenTerm } from '../../../server/search/widenTerm.js';
import { readWordNet } from '../../../server/search/wordNet.js';
import { wordsOf } from '../../../server/search/words.js';

const wordNet = readWordNet();
const texts = (query: string): string[] => parseQuery(query, (name) => wordNet.hypernyms.has(name)).terms.map(({ words }) => words.join(' '));
const widened = (asked: string, known: readonly string[]): string[] =>
  widenTerm({ asked, words: wordsOf(asked).map(({ text }) => text), isExact: false }, wordNet, (word) => known.includes(word)).map(({ words, how }) => `${words.join(' ')}${how ? ` (${how})` : ''}`);

describe('words of a text', () => {
  it('are found where they stand, without case and accents', () => {
    expect(wordsOf('Ein CAFÉ, um 9h')).toEqual([
      { text: 'ein', start: 0, end: 3 },
      { text: 'cafe', start: 4, end: 8 },
      { text: 'um', start: 10, end: 12 },
      { text: '9h', start: 13, end: 15 },
    ]);
  });

  it('are single characters where a script has no spaces', () => {
    expect(wordsOf('EXIT出口b').map(({ text, start }) => `${text}${start}`)).toEqual(['exit0', '出4', '口5', 'b6']);
  });

  it('never hold the marks that folders and clips are found by', () => {
    expect(wordsOf('\uE000abc \uE00112').map(({ text }) => text)).toEqual(['abc', '12']);
  });
});

describe('a question', () => {
  it('is cut into what it asks for, without the words around it', () => {
    expect(texts('When does the man cross the street?')).toEqual(['man', 'cross', 'street']);
    expect(texts('the')).toEqual(['the']);
  });

  it('keeps names of several words together, and what stands in quotes', () => {
    expect(texts('red car at a traffic light "turn left"')).toEqual(['red', 'car', 'traffic light', 'turn left']);
  });

  it('cuts Chinese into words', () => {
    expect(texts('红色的汽车')).toEqual(['红 色', '汽 车']);
  });

  it('tells what must not be there', () => {
    const { terms, unwanted } = parseQuery('dog -cat -"red car" T-shirt');
    expect(terms.map(({ asked }) => asked)).toEqual(['dog', 'T', 'shirt']);
    expect(unwanted.map(({ asked }) => asked)).toEqual(['cat', 'red car']);
  });

  it('is refused where nothing is left', () => {
    for (const query of ['', '  ', '?!', '-dog']) {
      expect(() => parseQuery(query)).toThrow('nothing to look for');
    }
  });
});

describe('a word', () => {
  it('is widened to its forms, then its synonyms, then its kinds, as far as they stand in a text', () => {
    expect(widened('vehicles', ['vehicle', 'car', 'cars', 'truck', 'bus', 'train', 'bicycle', 'dog'])).toEqual([
      ...['vehicles', 'vehicle (form)', 'train (kind)', 'bus (kind)', 'bicycle (kind)', 'car train (kind)', 'car (kind)', 'cars (kind)', 'truck (kind)'],
    ]);
    expect(widened('automobile', ['car'])).toEqual(['automobile', 'car (synonym)']);
  });

  it('is found in other forms that no rule makes', () => {
    expect(widened('people', ['person'])).toContain('person (form)');
    expect(widened('ran', ['running', 'run', 'runs'])).toEqual(expect.arrayContaining(['run (form)', 'running (form)', 'runs (form)']));
    expect(widened('glasses', ['glass'])).toContain('glass (form)');
  });

  it('finds names of several words', () => {
    expect(widened('light', ['traffic', 'light'])).toContain('traffic light (kind)');
    expect(widened('traffic lights', ['traffic', 'light'])).toContain('traffic light (form)');
  });

  it('in quotes is only itself', () => {
    expect(widenTerm({ asked: 'animals', words: ['animals'], isExact: true }, wordNet, () => true)).toEqual([{ words: ['animals'], weight: 1 }]);
  });
});

describe('the table of nouns', () => {
  const { hypernyms } = wordNet;
  const kinds = (kind: string, words: string): string[] => words.split(',').filter((word) => hypernyms.distance(word, kind) === undefined);

  it('knows what the labels of the object detector are kinds of', () => {
    expect(kinds('vehicle', 'car,bus,truck,train,bicycle,motorcycle,airplane,boat')).toEqual([]);
    expect(kinds('animal', 'dog,cat,bird,horse,sheep,cow,elephant,bear,zebra,giraffe,mouse')).toEqual([]);
    expect(kinds('food', 'banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake')).toEqual([]);
    expect(kinds('furniture', 'chair,couch,bed,dining table,bench')).toEqual([]);
    expect(kinds('device', 'cell phone,laptop,keyboard,remote,mouse')).toEqual(['cell phone']);
    expect(kinds('equipment', 'cell phone,tv,sports ball,tennis racket')).toEqual(['tennis racket']);
  });

  it('has every label, and takes each for the thing that is seen', () => {
    expect(hypernyms.distance('toaster', 'person')).toBeUndefined();
    expect(hypernyms.distance('hot dog', 'person')).toBeUndefined();
    expect(hypernyms.distance('dog', 'person')).toBeUndefined();
    expect(hypernyms.distance('stop sign', 'sign')).toBe(1);
    expect(hypernyms.distance('mouse', 'animal')).toBeDefined();
    expect(hypernyms.distance('dog', 'dog')).toBe(0);
    expect(hypernyms.distance('nosuchword', 'animal')).toBeUndefined();
  });

  it('gives nearer kinds first', () => {
    const distances = hypernyms.kindsOf('animal').map(({ distance }) => distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(hypernyms.kindsOf('nosuchword')).toEqual([]);
  });
});
