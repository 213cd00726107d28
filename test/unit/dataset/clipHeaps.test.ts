import { describe, expect, it } from 'vitest';
import { Breath } from '../../../server/dataset/breathe.js';
import type { Piece } from '../../../server/dataset/formats/format.js';
import { ClipHeaps, type ClipPieces } from '../../../server/dataset/import/clipHeaps.js';

const piece = (clip: string, position: number, caption = ''): Piece => ({ clip, position, items: [{ list: 'segments', item: { start: 0, end: 1, caption } }] });

async function batches(pieces: readonly Piece[], limits?: { batch: number; clip: number }): Promise<ClipPieces[][]> {
  const heaps = new ClipHeaps(1, limits);
  try {
    for (const each of pieces) {
      await heaps.add(each.clip ?? '', each);
    }
    const found: ClipPieces[][] = [];
    for await (const batch of heaps.batches(new Breath())) {
      found.push(batch);
    }
    return found;
  } finally {
    await heaps.dispose();
  }
}

describe('pieces brought together by clip', () => {
  const names = ['a.mp4', 'tab\t"quote".mp4', 'ü/b.mp4'];
  const pieces = Array.from({ length: 30 }, (_, i) => piece(names[i % 3] ?? '', i));

  it('are each clip with its pieces in order', async () => {
    const expected = names.map((clip, n) => ({ clip, pieces: pieces.filter((_, i) => i % 3 === n) }));
    expect(await batches(pieces)).toEqual([expected]);
  });

  it('come some clips at a time where they are many', async () => {
    const found = await batches(pieces, { batch: 1000, clip: 100_000 });
    expect(found.map((batch) => batch.map(({ clip }) => clip))).toEqual(names.map((name) => [name]));
    expect(found.flat().flatMap((each) => each.pieces)).toHaveLength(30);
  });

  it('of a clip with more than a document holds are counted, not held', async () => {
    const large = Array.from({ length: 10 }, (_, i) => piece('large.mp4', 100 + i, 'x'.repeat(1000)));
    const found = (await batches([...pieces, ...large], { batch: 1000, clip: 5000 })).flat();
    expect(found.map(({ clip, pieces: { length }, tooMany }) => [clip, length, tooMany])).toEqual([
      ...names.map((name) => [name, 10, undefined]),
      ['large.mp4', 1, 10],
    ]);
  });
});
