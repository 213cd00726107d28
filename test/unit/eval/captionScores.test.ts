import { describe, expect, it } from 'vitest';
import { ciderD } from '../../../server/eval/score/cider.js';
import { scoreDenseCaptions } from '../../../server/eval/score/denseCaptions.js';
import { alignWords, meteor } from '../../../server/eval/score/meteor.js';
import { sodaC } from '../../../server/eval/score/soda.js';
import { porterStem } from '../../../server/eval/text/porterStem.js';
import { findSynonyms } from '../../../server/eval/text/synonyms.js';
import { tokenizeCaption } from '../../../server/eval/text/tokenizeCaption.js';

describe('tokenizeCaption', () => {
  it.each([
    ["A man doesn't stop; the dog's bowl is half-full.", ['a', 'man', 'does', "n't", 'stop', 'the', 'dog', "'s", 'bowl', 'is', 'half-full']],
    ['It costs 1,000.50 dollars... (or 3.5) – really?!', ['it', 'costs', '1,000.50', 'dollars', 'or', '3.5', 'really']],
    ['They’re "here", we’ll see', ['they', "'re", 'here', 'we', "'ll", 'see']],
    [' ... -- !', []],
    ['Une CAFÉ à 3D', ['une', 'café', 'à', '3d']],
  ])('%s', (text, words) => {
    expect(tokenizeCaption(text)).toEqual(words);
  });
});

describe('porterStem', () => {
  // Examples of the paper, step by step.
  it.each(
    Object.entries({
      ...{ caresses: 'caress', ponies: 'poni', ties: 'ti', caress: 'caress', cats: 'cat', feed: 'feed', agreed: 'agre', plastered: 'plaster', bled: 'bled' },
      ...{ motoring: 'motor', sing: 'sing', conflated: 'conflat', troubled: 'troubl', sized: 'size', hopping: 'hop', tanned: 'tan', falling: 'fall' },
      ...{ hissing: 'hiss', fizzed: 'fizz', failing: 'fail', filing: 'file', happy: 'happi', sky: 'sky', relational: 'relat', conditional: 'condit' },
      ...{ rational: 'ration', digitizer: 'digit', triplicate: 'triplic', formative: 'form', formalize: 'formal', hopeful: 'hope', goodness: 'good' },
      ...{ revival: 'reviv', allowance: 'allow', inference: 'infer', airliner: 'airlin', adjustable: 'adjust', adoption: 'adopt', probate: 'probat' },
      ...{ rate: 'rate', cease: 'ceas', controll: 'control', roll: 'roll', generalizations: 'gener', oscillators: 'oscil', is: 'is', "n't": "n't" },
    }),
  )('%s → %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem);
  });
});

describe('METEOR', () => {
  it('is what the formula says', () => {
    // 6 of 6 words in 3 runs (the cat · sat · on the mat): mean 1, penalty 0.5·(3/6)³ = 0.0625.
    expect(meteor('the cat sat on the mat', ['on the mat sat the cat'])).toBeCloseTo(0.9375, 10);
    // 5 of 5 words of 6, in 2 runs: P = 1, R = 5/6, mean = (5/6)/(0.9 + 0.1·5/6) = 0.8474576; penalty 0.5·(2/5)³ = 0.032.
    expect(meteor('the cat sat on mat', ['the cat sat on the mat'])).toBeCloseTo(0.8474576 * 0.968, 6);
    // By stems: dog–dogs, runs–run: P = 2/3, R = 1, mean = (2/3)/(0.6 + 0.1) = 0.9523810; one run of 2: penalty 0.5/8 = 0.0625.
    expect(meteor('A dog runs.', ['dogs run'])).toBeCloseTo(0.952381 * 0.9375, 6);
    // The best of several references; no word in common; nothing said.
    expect(meteor('a dog', ['nothing here', 'a dog'])).toBeCloseTo(1 - 0.5 / 8, 10);
    expect(meteor('a dog', ['my cat'])).toBe(0);
    expect(meteor('', ['a dog'])).toBe(0);
  });

  it('takes of repeated words those that make the fewest runs, and the same word before one of the same stem', () => {
    // The second "the" belongs to the second one, though the first is free when it is read alone.
    expect(alignWords('the mat the cat'.split(' '), 'the cat sat on the mat'.split(' '))).toEqual({ matches: 4, chunks: 2 });
    expect(alignWords(['runs', 'run'], ['run', 'runs'])).toEqual({ matches: 2, chunks: 2 });
    const long = Array.from({ length: 200 }, () => 'the');
    expect(alignWords(long, long)).toEqual({ matches: 200, chunks: 1 });
  });
});

describe('METEOR with synonyms', () => {
  const pairs = ['bike bicycle', 'man person', 'fast quickly'];
  const areSynonyms = (a: string, b: string): boolean => pairs.includes(`${a} ${b}`) || pairs.includes(`${b} ${a}`);

  it('matches words that mean the same after all others', () => {
    // 5 of 5 words in one run: 1 − 0.5·(1/5)³. Without synonyms 4 of 5 in one run: P = R = 0.8, penalty 0.5·(1/4)³.
    expect(meteor('a man rides a bike', ['a man rides a bicycle'], areSynonyms)).toBeCloseTo(0.996, 10);
    expect(meteor('a man rides a bike', ['a man rides a bicycle'])).toBeCloseTo(0.8 * (1 - 0.5 / 64), 10);
    // man–person, rides–riding (by stem), fast–quickly; a–the does not fit: 3 of 4 in one run, 0.75·(1 − 0.5/27).
    expect(meteor('a man rides fast', ['the person riding quickly'], areSynonyms)).toBeCloseTo(0.75 * (1 - 0.5 / 27), 10);
  });

  it('takes the same word before one of the same meaning, also where that makes more runs', () => {
    expect(alignWords(['bike', 'bicycle'], ['bicycle', 'bike'], areSynonyms)).toEqual({ matches: 2, chunks: 2 });
    expect(alignWords(['bikes', 'bicycle'], ['bicycle', 'bike'], areSynonyms)).toEqual({ matches: 2, chunks: 2 });
    // One word has one partner.
    expect(alignWords(['bike', 'bicycle'], ['bicycle'], areSynonyms)).toEqual({ matches: 1, chunks: 1 });
  });

  it('knows nouns of WordNet, in the singular or not, and is as it was for other words', () => {
    const known = findSynonyms();
    expect(known?.('bike', 'bicycle')).toBe(true);
    expect(known?.('kids', 'children')).toBe(true);
    expect(known?.('sofas', 'couch')).toBe(true);
    // A kind of something is not the same; nor are words that are no nouns, or unknown.
    expect(known?.('dog', 'animal')).toBe(false);
    expect(known?.('quickly', 'fast')).toBe(false);
    expect(known?.('xyzzy', 'xyzzies')).toBe(false);
    // Two kids on couches: 4 of 4 in one run, 1 − 0.5/64.
    expect(meteor('two kids on couches', ['two children on sofas'], known)).toBeCloseTo(1 - 0.5 / 64, 10);
    expect(meteor('he walks quickly', ['he walks fast'], known)).toBe(meteor('he walks quickly', ['he walks fast']));
  });

  it('counts in SODA_c and at each overlap', () => {
    const one = [{ span: [0, 10] as const, sentence: 'a bike' }];
    const other = [{ span: [0, 10] as const, sentence: 'a bicycle' }];
    expect(sodaC(one, other, areSynonyms)).toBeCloseTo(1 - 0.5 / 8, 10);
    expect(scoreDenseCaptions([{ predicted: one, references: [other] }], areSynonyms)).toMatchObject({ meanMeteor: expect.closeTo(1 - 0.5 / 8, 10), sodaC: expect.closeTo(1 - 0.5 / 8, 10) });
    // Of two words one: P = R = 0.5, penalty 0.5.
    expect(sodaC(one, other)).toBeCloseTo(0.25, 10);
  });
});

describe('CIDEr-D', () => {
  it('is what the formula says', () => {
    // Two pairs, so a word of one of them weighs w = ln 2. "a b" with "a b": 1 for single words and for pairs, 0 for longer:
    // (1 + 1)/4·10. "c d" with "c e": of two words one, w²/(√2w·√2w) = 1/2; no pair: 0.5/4·10.
    expect(ciderD([{ hypothesis: 'a b', references: ['a b'] }, { hypothesis: 'c d', references: ['c e'] }])).toEqual([expect.closeTo(5, 10), expect.closeTo(1.25, 10)]);
    // "a b x" with "a b": words 2/√6, pairs 1/√2; one pair longer: e^(−1/72).
    const [longer] = ciderD([{ hypothesis: 'a b x', references: ['a b'] }, { hypothesis: 'q', references: ['r'] }]);
    expect(longer).toBeCloseTo((10 / 4) * (2 / Math.sqrt(6) + 1 / Math.sqrt(2)) * Math.exp(-1 / 72), 10);
    // "a a a" with "a": clipped to w·w/(3w·w) = 1/3; two pairs longer: e^(−4/72).
    const [repeated] = ciderD([{ hypothesis: 'a a a', references: ['a'] }, { hypothesis: 'q', references: ['r'] }]);
    expect(repeated).toBeCloseTo((10 / 4 / 3) * Math.exp(-4 / 72), 10);
    // Several references: their mean, here of (1 + 1)/4·10 and 0. "a" stands in both pairs and weighs nothing: what is left
    // of "x a" is x, and one pair of words more, e^(−1/72).
    const [mean, common] = ciderD([{ hypothesis: 'a b', references: ['a b', 'c d'] }, { hypothesis: 'x', references: ['x a'] }]);
    expect(mean).toBeCloseTo(2.5, 10);
    expect(common).toBeCloseTo(2.5 * Math.exp(-1 / 72), 10);
    // One pair alone: nothing is rare.
    expect(ciderD([{ hypothesis: 'a b', references: ['a b'] }])).toEqual([0]);
    expect(ciderD([])).toEqual([]);
  });
});

const said = [
  { span: [0, 10] as const, sentence: 'a dog runs' },
  { span: [10, 20] as const, sentence: 'a cat sleeps' },
];
const meant = [
  { span: [0, 10] as const, sentence: 'A dog runs.' },
  { span: [10, 30] as const, sentence: 'A cat sleeps.' },
];
/** METEOR of three words that are the same: 1 − 0.5/27. */
const same = 1 - 0.5 / 27;

describe('SODA_c', () => {
  it('is what the formula says', () => {
    // IoU 1 and 10/20: the sum is 1.5·(1 − 0.5/27), over 2 said and 2 meant.
    expect(sodaC(said, meant)).toBeCloseTo((1.5 * same) / 2, 10);
    // With a third that nobody meant: P = s/3, R = s/2, F = 2PR/(P + R) = 2s/5.
    expect(sodaC([...said, { span: [40, 50], sentence: 'more' }], meant)).toBeCloseTo((2 * 1.5 * same) / 5, 10);
    expect(sodaC([], meant)).toBe(0);
  });

  it('keeps the order of events', () => {
    // cat–cat and dog–dog overlap by 1/3 and score 0.5 each, but cross: one of them counts. s = 1/6, F = s/2.
    const crossed = [
      { span: [0, 10] as const, sentence: 'cat' },
      { span: [5, 15] as const, sentence: 'dog' },
    ];
    const other = [
      { span: [0, 10] as const, sentence: 'dog' },
      { span: [5, 15] as const, sentence: 'cat' },
    ];
    expect(sodaC(crossed, other)).toBeCloseTo(1 / 12, 10);
    expect(sodaC([...crossed].reverse(), other)).toBeCloseTo(1 / 12, 10);
  });
});

describe('scores of dense captions', () => {
  it('compare what overlaps enough, clip by clip', () => {
    const { sodaC: soda, meteor: meteors, cider, meanMeteor, meanCider } = scoreDenseCaptions([{ predicted: said, references: [meant] }]);
    // The second caption reaches its reference at IoU 0.3 and 0.5 only.
    expect(meteors).toEqual([same, same, same / 2, same / 2].map((value) => expect.closeTo(value, 10) as number));
    expect(meanMeteor).toBeCloseTo(0.75 * same, 10);
    // Equal words, pairs and triples, no fours: 3/4·10; at 0.7 the second reaches none.
    expect(cider).toEqual([7.5, 7.5, 3.75, 3.75].map((value) => expect.closeTo(value, 10) as number));
    expect(meanCider).toBeCloseTo(5.625, 10);
    expect(soda).toBeCloseTo((1.5 * same) / 2, 10);
  });

  it('count clips without captions, and average over annotators', () => {
    const scores = scoreDenseCaptions([
      { predicted: said, references: [meant, said] },
      { predicted: [], references: [meant, []] },
    ]);
    // The first annotator has described two clips, the second one.
    expect(scores.sodaC).toBeCloseTo(((0.75 * same + 0) / 2 + same) / 2, 10);
    expect(scores.clips).toBe(2);
    expect(scoreDenseCaptions([])).toMatchObject({ clips: 0, sodaC: 0, meanMeteor: 0, meanCider: 0 });
  });
});
