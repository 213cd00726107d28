import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lavilaFormat } from '../../../../server/dataset/formats/lavilaFormat.js';
import { type Json, RawNumber } from '../../../../server/dataset/json/json.js';
import { writeJson } from '../../../../server/dataset/json/writeJson.js';
import { PickleReader, tupleKey } from '../../../../server/dataset/pickle/pickleReader.js';
import { pickleElement, pickleListEnd, pickleListStart } from '../../../../server/dataset/pickle/writePickle.js';
import { ErrorCode } from '../../../../server/protocol/index.js';
import { text } from './arbitraries.js';
import { passThrough, readPieces } from './passThrough.js';

const golden = (name: string): Buffer => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url));
const files = ['lavila_narrator.pkl', ...Array.from({ length: 6 }, (_, protocol) => `lavila_train_${protocol}.pkl`)];

/** The elements of a pickle's list, read in small chunks. */
function values(bytes: Buffer, chunk = 5): string[] {
  const reader = new PickleReader();
  const found: Json[] = [];
  for (let i = 0; i < bytes.length; i += chunk) {
    found.push(...reader.push(bytes.subarray(i, i + chunk)));
  }
  reader.end();
  return found.map(writeJson);
}

describe('pickles of narrations', () => {
  it.each(files)('%s comes out with equal values', async (name) => {
    const { files: written } = await passThrough(lavilaFormat, golden(name));
    expect(values(Buffer.from(written.get('') ?? ''))).toEqual(values(golden(name)));
  });

  it('say the same in each protocol', () => {
    const [first, ...others] = files.slice(1).map((name) => values(golden(name)));
    expect(first?.slice(0, 2)).toEqual([
      '{"tuple": ["f1", 0.5, 3.0, "#C C opens a drawer"]}',
      '{"tuple": ["f1", 3, 4.25, ["#C C takes a knife", "#C C picks up a knife 视频 😀"]]}',
    ]);
    expect(others).toEqual(others.map(() => first));
  });

  it('are segments; several narrations are lines, and scores stay with them', async () => {
    const { pieces } = await readPieces(lavilaFormat, golden('lavila_narrator.pkl'));
    expect(pieces).toHaveLength(1400);
    expect(pieces[0]).toMatchObject({ clip: 'f1.mp4', items: [{ item: { start: 0, end: 1, caption: 'a\nb' } }] });
    const { files: written } = await passThrough(lavilaFormat, golden('lavila_narrator.pkl'), (all) => {
      Object.assign(all[0]?.items[0]?.item ?? {}, { caption: 'A\nB', end: 1.25 });
      return [...all, { clip: 'new.mp4', items: [{ list: 'segments', item: { id: 'n', start: 1, end: 2, caption: 'New' } }], media: { path: '' } }];
    });
    const lines = values(Buffer.from(written.get('') ?? ''));
    expect(lines[0]).toBe('{"tuple": ["f1", 0.0, 1.25, ["A", "B"], [0.25, 1.0]]}');
    expect(lines[1]).toBe('{"tuple": ["f1", 1.0, 2.0, "c", 3.5]}');
    expect(lines.at(-1)).toBe('{"tuple": ["new", 1.0, 2.0, "New"]}');
  });

  it('write and read back any plain data', () => {
    const number = fc.oneof(fc.integer(), fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }), fc.constantFrom('NaN', '-Infinity', '2.0', '-0.0', '123456789012345678901').map((raw) => new RawNumber(raw)));
    const { any } = fc.letrec<{ any: Json }>((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, fc.constantFrom(null, true, false), number, text, fc.array(tie('any'), { maxLength: 3 }), fc.array(tie('any'), { maxLength: 3 }).map((items): Json => new Map([[tupleKey, items]]))),
    }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (list, chunk) => {
        const bytes = Buffer.from(`${pickleListStart}${list.map(pickleElement).join('')}${pickleListEnd}`);
        expect(values(bytes, chunk)).toEqual(list.map(writeJson));
      }),
      { numRuns: 200 },
    );
  });
});

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('what is refused', () => {
  it.each([
    ['a call of a function', Buffer.from("cos\nsystem\n(S'true'\ntR.")],
    ['a global in protocol 4', hex('8004 5d 8c026f73 8c0673797374656d 93 61 2e')],
    ['building an object', Buffer.from('(lc__builtin__\nobject\n)\x81a.', 'latin1')],
    ['an extension', hex('8002 5d 8201 61 2e')],
    ['a persistent id', Buffer.from('(lPx\na.')],
    ['a dictionary', hex('8002 5d 7d 61 2e')],
    ['bytes', hex('8003 5d 430161 61 2e')],
    ['a later protocol', hex('8006 5d 2e')],
    ['a list in itself', hex('8002 5d 7100 6800 61 2e')],
    ['a list in two places', hex('8002 5d 5d 7101 61 6801 61 2e')],
    ['an unknown memo', hex('8002 5d 6807 61 2e')],
    ['nothing to take', hex('8002 5d 61 2e')],
    ['no list', hex('8002 4b01 2e')],
    ['a text longer than the file may have', hex('8002 5d 58 ffffffff 61 2e')],
    ['an early end', hex('8002 5d 4b01')],
    ['bytes behind the end', hex('8002 5d 2e 2e')],
    ['few bytes that would be very many values', Buffer.concat([hex('8002 5d 4b01 7100'), ...Array.from({ length: 40 }, (_, i) => Buffer.from([0x68, i, 0x86, 0x71, i + 1])), hex('61 2e')])],
  ])('%s', async (_name, bytes) => {
    const file = bytes[0] === 0x63 ? Buffer.concat([Buffer.from('(l'), bytes]) : bytes;
    await expect(readPieces(lavilaFormat, file)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
  });
});
