import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betweenCharacters, readUtf8 } from '../../../server/language/utf8.js';

describe('readUtf8', () => {
  it('takes what a strict decoder takes, in pieces of any size', () => {
    const bytes = fc.oneof(
      fc.array(fc.constantFrom(0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff), { maxLength: 6 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => [...Buffer.from(text)]),
    );
    fc.assert(
      fc.property(bytes, fc.nat(6), (all, cut) => {
        const first = readUtf8(betweenCharacters, Uint8Array.from(all.slice(0, cut)));
        const end = first === undefined ? undefined : readUtf8(first, Uint8Array.from(all.slice(cut)));
        let valid = true;
        try {
          new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(all));
        } catch {
          valid = false;
        }
        expect(end === betweenCharacters).toBe(valid);
      }),
      { numRuns: 2000 },
    );
  });
});
