import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitFinder } from '../../../server/dataset/splitOf.js';
import type { DatasetManifest } from '../../../server/protocol/index.js';

const finder = (splits: DatasetManifest['splits']): ((clip: string) => string | undefined) =>
  splitFinder({ format: 'videochat-dataset', version: 1, ...(splits ? { splits } : {}) });
const matches = (pattern: string, path: string): boolean => finder([{ name: 'yes', clips: [pattern] }])(path) === 'yes';

/** The same as a regular expression says it: right, but slow where somebody means harm. */
function byRegExp(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/\*{3,}/g, '**')
    .replace(/\*\*\/|\*\*|\*|[^*]/g, (part) => ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' })[part] ?? part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source}$`, 's').test(path);
}

describe('splits by patterns', () => {
  it.each([
    ['train/**', 'train/a/b.mp4', true],
    ['train/**', 'trainer/b.mp4', false],
    ['**/*.mp4', 'a.mp4', true],
    ['**/*.mp4', 'a/b/c.mp4', true],
    ['*.mp4', 'a/b.mp4', false],
    ['a*/b', 'abc/b', true],
    ['a.c', 'abc', false],
    ['(x)+*', '(x)+1', true],
    ['**', 'any\nthing', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('agree with regular expressions', () => {
    const text = (...letters: string[]): fc.Arbitrary<string> => fc.array(fc.constantFrom(...letters), { maxLength: 10 }).map((list) => list.join(''));
    fc.assert(fc.property(text('*', '**', '**/', 'a', 'b', '/', '.'), text('a', 'b', '/', '.'), (pattern, path) => {
      fc.pre(pattern.includes('*'));
      expect(matches(pattern, path)).toBe(byRegExp(pattern, path));
    }), { numRuns: 2000 });
  });

  it('take the first split that fits, names before they are patterns', () => {
    const split = finder([{ name: 'test', clips: ['a/1.mp4'] }, { name: 'train', clips: ['a/**'] }]);
    expect([split('a/1.mp4'), split('a/2.mp4'), split('b.mp4')]).toEqual(['test', 'train', undefined]);
  });

  it('answer for patterns that would keep a regular expression busy for years', () => {
    expect(matches(`${'*a'.repeat(40)}b`, `${'a'.repeat(4000)}c`)).toBe(false);
    expect(matches(`${'**/a'.repeat(40)}b`, 'a/'.repeat(2000))).toBe(false);
  });
});
