import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { PieceSorter } from '../../../server/dataset/export/pieceSorter.js';
import type { ExportPiece } from '../../../server/dataset/formats/format.js';

const temporary = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('videochat-dataset-'));
const piece = (clip: string, from?: ExportPiece['from']): ExportPiece => ({ clip, items: [], ...(from && { from }) });

async function sorted(pieces: readonly ExportPiece[], limits?: { characters: number; runs: number }): Promise<ExportPiece[]> {
  const sorter = new PieceSorter([{ id: 'b' }, { id: 'a' }], limits);
  try {
    for (const each of pieces) {
      await sorter.add(each);
    }
    const found: ExportPiece[] = [];
    for await (const each of sorter.pieces()) {
      found.push(each);
    }
    return found;
  } finally {
    await sorter.dispose();
  }
}

describe('pieces of an export', () => {
  const mixed = Array.from({ length: 500 }, (_, i): ExportPiece => {
    const position = (i * 263) % 500;
    return position % 5 === 0 ? piece(`new ${i} \u2028\r`) : piece(`${position}`, { import: position % 2 === 0 ? 'a' : 'b', position });
  });
  const place = ({ from }: ExportPiece): number => (from ? (from.import === 'b' ? 0 : 1000) + from.position : 10_000);
  const expected = [...mixed].sort((a, b) => place(a) - place(b));

  it.each([
    ['in memory', undefined],
    ['in many runs on disk', { characters: 500, runs: 100 }],
    ['in runs that are merged on the way', { characters: 500, runs: 3 }],
  ])('come in the order of their imports, new ones behind as they came: %s', async (_, limits) => {
    const before = await temporary();
    expect(await sorted(mixed, limits)).toEqual(expected);
    expect((await temporary()).length).toBe(before.length);
  });

  it('that are each larger than memory may hold come out whole', async () => {
    const pieces = [2, 0, 1].map((position) => piece('ä'.repeat(100_000) + position, { import: 'a', position }));
    expect(await sorted(pieces, { characters: 10, runs: 2 })).toEqual([pieces[1], pieces[2], pieces[0]]);
  });
});
