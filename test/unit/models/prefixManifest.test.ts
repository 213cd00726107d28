import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Manifest, parseManifest } from '../../../server/models/manifest.js';
import { languageFiles, requiredFiles } from '../../../server/models/modelFiles.js';
import { checkPrompt } from '../../../server/models/prompt.js';

type Whole = Required<Pick<Manifest, 'prefix' | 'encoder' | 'audio' | 'preprocess'>> & Manifest;

const valid = (): Whole => JSON.parse(readFileSync(new URL('../../golden/systems/imagebind-llm/manifest.json', import.meta.url), 'utf8')) as Whole;
const refusal = (change: (manifest: Whole) => object): string => {
  try {
    parseManifest({ ...valid(), ...change(valid()) }, 'm');
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('accepted');
};

describe('a manifest with a prefix', () => {
  it('is accepted, and its graph and its table are among the files it needs', () => {
    const manifest = parseManifest(valid(), 'm');
    expect(() => checkPrompt(manifest)).not.toThrow();
    expect(requiredFiles(manifest)).toEqual(expect.arrayContaining(['prefix-fp32', 'neighbours']));
  });

  const broken: [string, (manifest: Whole) => object, string][] = [
    ['a graph without file', ({ prefix }) => ({ prefix: { ...prefix, variants: { fp32: 'gone' } } }), '"prefix.variants.fp32"'],
    ['a table without file', ({ prefix }) => ({ prefix: { ...prefix, cache: { ...prefix.cache, file: 'gone' } } }), '"prefix.cache.file"'],
    ['more neighbours than anybody has', ({ prefix }) => ({ prefix: { ...prefix, cache: { ...prefix.cache, neighbours: 1e6 } } }), '"prefix.cache.neighbours"'],
    ['more than all of its neighbours', ({ prefix }) => ({ prefix: { ...prefix, cache: { ...prefix.cache, weight: 1.5 } } }), '"prefix.cache.weight"'],
    ['nothing of some weight', ({ prefix }) => ({ prefix: { ...prefix, weights: { audio: 0 } } }), '"prefix.weights.audio"'],
    ['several rows', ({ encoder }) => ({ encoder: { ...encoder, output: { ...encoder.output, rows: 2 } } }), 'one row of everything'],
    ['vectors of another width', ({ audio }) => ({ audio: { ...audio, output: { ...audio.output, width: 8 } } }), '"prefix.input.width"'],
    ['a place in the prompt', ({ prompt }) => ({ prompt: { ...prompt, placeholders: { video: '<Video>' } } }), '"prompt.placeholders"'],
    ['a timeline', ({ abilities }) => ({ abilities: [...abilities, 'timeline'] }), '"timeline"'],
    ['two crops', ({ preprocess }) => ({ preprocess: { ...preprocess, video: { ...preprocess.video, pieces: { frames: 2, crops: 2 } } } }), '"preprocess.video.pieces.crops"'],
    ['crops in bytes', ({ preprocess }) => ({ preprocess: { ...preprocess, video: { ...preprocess.video, resample: 'bicubic' } } }), '"preprocess.video.pieces.crops"'],
  ];
  it.each(broken)('is refused for %s', (_, change, expected) => {
    expect(refusal(change)).toContain(expected);
  });
});

describe('adapters in a manifest', () => {
  it('are among the files of the weights', () => {
    const { language } = valid();
    const manifest = parseManifest({ ...valid(), language: { ...language, adapters: [{ file: 'neighbours', scale: 0.5 }] } }, 'm');
    expect(languageFiles(manifest.language)).toEqual(['language-f16', 'neighbours']);
    expect(requiredFiles(manifest)).toContain('neighbours');
  });

  it.each([
    ['without file', [{ file: 'gone' }], '"language.adapters.0.file"'],
    ['of absurd scale', [{ file: 'neighbours', scale: 1e9 }], '"language.adapters.0.scale"'],
    ['by a path', [{ file: '../../etc/passwd' }], '"language.adapters.0.file"'],
    ['beyond number', Array.from({ length: 17 }, () => ({ file: 'neighbours' })), '"language.adapters"'],
  ])('are refused %s', (_, adapters, expected) => {
    expect(refusal(({ language }) => ({ language: { ...language, adapters } }))).toContain(expected);
  });
});
