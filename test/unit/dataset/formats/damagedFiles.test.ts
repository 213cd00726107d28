import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { formatNamed } from '../../../../server/dataset/formats/registry.js';
import { goldenFiles } from './goldenFiles.js';
import { readPieces } from './passThrough.js';

const golden = (name: string): Buffer => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url));
const damage = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(20), put: fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.constantFrom(...['"', '{', ']', ',', '\\', '\n'].map((text) => Buffer.from(text)))) }), { minLength: 1, maxLength: 3 });

describe('a damaged file', () => {
  it.each(goldenFiles)('%s is read as far as it can be, or refused with a reason', async (name, format) => {
    const bytes = golden(name);
    await fc.assert(
      fc.asyncProperty(damage, async (places) => {
        let file = bytes;
        for (const { at, cut, put } of places) {
          const from = Math.floor(at * file.length);
          file = Buffer.concat([file.subarray(0, from), put, file.subarray(from + cut)]);
        }
        try {
          const { pieces } = await readPieces(format, { file });
          expect(pieces.map(({ position }) => position)).toEqual(pieces.map((_, i) => i));
        } catch (error) {
          expect(error).toBeInstanceOf(VideoChatError);
          expect((error as VideoChatError).code).toBe(ErrorCode.FormatInvalid);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each(['videochat', 'llava', 'activitynet-captions', 'csv', 'charades-sta', 'messages'] as const)('%s refuses what is no text', async (name) => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + (i >> 3)) % 256));
    for (const file of [noise, Buffer.from('\uFEFF[', 'utf16le'), Buffer.from('[{"a": "\xff"}]', 'latin1')]) {
      await expect(readPieces(formatNamed(name), { file }), name).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
    }
  });

  it('is refused where it nests without end', async () => {
    const deep = `[{"video": "a.mp4", "QA": [], "x": ${'['.repeat(100_000)}${']'.repeat(100_000)}}]`;
    await expect(readPieces(formatNamed('videochat'), deep)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
  });
});
