import { describe, expect, it } from 'vitest';
import type { ReadContext, SourceFile } from '../../../../server/dataset/formats/format.js';
import { srtFormat } from '../../../../server/dataset/formats/subtitleFormat.js';
import { readXml } from '../../../../server/dataset/xml/readXml.js';
import { ErrorCode } from '../../../../server/protocol/index.js';

const megabyte = Buffer.alloc(1 << 20, ' ');

/** A file without end; tells how much of it was read. */
function endless(name: string, read: { megabytes: number }): SourceFile {
  return {
    ...{ path: `/import/${name}`, name },
    open: async function* () {
      for (;;) {
        read.megabytes++;
        yield megabyte;
      }
    },
  };
}

describe('a file about one clip that is more than a document holds', () => {
  it('is refused with what to do, and read no further', async () => {
    const read = { megabytes: 0 };
    const context: ReadContext = { clipOf: async (clip) => clip, setFileRest: () => undefined, skipped: () => undefined };
    const files = async function* (): AsyncIterable<SourceFile> {
      yield endless('a.srt', read);
    };
    const failed = (async () => {
      for await (const piece of srtFormat.read(files(), context)) {
        throw new Error(`read ${piece.position}`);
      }
    })();
    await expect(failed).rejects.toMatchObject({ code: ErrorCode.FormatInvalid, message: `a.srt is too large: expected a file of less than 64 MB.`, data: { hint: expect.stringContaining('one after the other') } });
    expect(read.megabytes).toBeLessThan(70);
  });

  it.each([
    ['bytes', { bytes: 200_000, nodes: 1e9 }],
    ['elements', { bytes: 1e9, nodes: 1000 }],
  ])('is refused as XML by its %s, before it ends', async (_, limits) => {
    let chunks = 0;
    const text = async function* (): AsyncIterable<Buffer> {
      yield Buffer.from('<a>');
      for (;;) {
        chunks++;
        yield Buffer.from('<b c="d"/>'.repeat(1000));
      }
    };
    await expect(readXml(text(), { depth: 64, ...limits })).rejects.toMatchObject({ isTooMuch: true });
    expect(chunks).toBeLessThan(50);
  });
});
