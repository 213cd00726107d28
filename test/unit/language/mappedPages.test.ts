import { describe, expect, it } from 'vitest';
import { findMappings, releaseMappedPages } from '../../../server/language/mappedPages.js';

const maps = [
  '7f0000000000-7f0000200000 r--s 00000000 fe:00 12345                      /models/a model.gguf',
  '7f0000200000-7f0000300000 r--p 00000000 fe:00 12345                      /models/a model.gguf',
  '7f0000300000-7f0000400000 rw-s 00000000 fe:00 12345                      /models/a model.gguf',
  '7f0000400000-7f0000500000 r--s 00000000 fe:00 12346                      /models/a model.gguf.data',
  '7f0000500000-7f0000600000 rw-p 00000000 00:00 0 ',
].join('\n');

describe('findMappings', () => {
  it('finds read-only shared mappings of exactly this file', () => {
    expect(findMappings(maps, '/models/a model.gguf')).toEqual([{ start: 0x7f0000000000n, length: 0x200000n }]);
    expect(findMappings(maps, '/models/b.gguf')).toEqual([]);
    expect(findMappings('', '/models/a model.gguf')).toEqual([]);
  });
});

describe('releaseMappedPages', () => {
  it('does nothing for a file that is not mapped or not there', () => {
    expect(releaseMappedPages(import.meta.filename)).toBe(0);
    expect(releaseMappedPages('/nowhere/at/all.gguf')).toBe(0);
  });
});
