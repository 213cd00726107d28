import { describe, expect, it } from 'vitest';
import { cvatFormat } from '../../../../server/dataset/formats/cvatFormat.js';
import type { Format, ReadContext, SourceFile } from '../../../../server/dataset/formats/format.js';
import { srtFormat } from '../../../../server/dataset/formats/subtitleFormat.js';
import { ErrorCode } from '../../../../server/protocol/index.js';

const megabyte = Buffer.alloc(1 << 20, ' ');

/** A file without end; tells how much of it was read. */
function endless(name: string, head: string, read: { megabytes: number }): SourceFile {
  return {
    ...{ path: `/import/${name}`, name },
    open: async function* () {
      yield Buffer.from(head);
      for (;;) {
        read.megabytes++;
        yield megabyte;
      }
    },
  };
}

describe('a file about one clip that is more than a document holds', () => {
  it.each<[string, Format, string]>([
    ['a.srt', srtFormat, ''],
    ['a.xml', cvatFormat, '<annotations><!--'],
  ])('%s is refused with what to do, and read no further', async (name, format, head) => {
    const read = { megabytes: 0 };
    const context: ReadContext = { clipOf: async (clip) => clip, setFileRest: () => undefined, skipped: () => undefined };
    const files = async function* (): AsyncIterable<SourceFile> {
      yield endless(name, head, read);
    };
    const failed = (async () => {
      for await (const piece of format.read(files(), context)) {
        throw new Error(`read ${piece.position}`);
      }
    })();
    await expect(failed).rejects.toMatchObject({ code: ErrorCode.FormatInvalid, message: `${name} is too large: expected a file of less than 64 MB.`, data: { hint: expect.stringContaining('one after the other') } });
    expect(read.megabytes).toBeLessThan(70);
  });
});
