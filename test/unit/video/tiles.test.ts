import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutTiles } from '../../../server/video/cutTiles.js';
import { planTiles, tileCount } from '../../../server/video/planTiles.js';
import { preprocessFrame } from '../../../server/video/preprocessFrame.js';

interface TiledPicture {
  width: number;
  height: number;
  side: number;
  longestEdge: number;
  rows: number;
  columns: number;
  tiles: number;
  sha256: string;
}
const golden = JSON.parse(readFileSync(new URL('../../golden/video/tiledPictures.json', import.meta.url), 'utf8')) as TiledPicture[];

/** `test/golden/video/makeTiledPictures.py` computes the same. */
function picture(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [c, x, y] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / (3 * width))];
    return (x * 7 + y * 13 + c * 29 + x * y + Math.floor((x * x * (c + 1)) / 5)) % 256;
  });
}

describe('pictures in tiles', () => {
  it.each(golden)('cuts $width×$height into $rows×$columns of $side bit for bit as Pillow does', ({ width, height, side, longestEdge, rows, columns, tiles, sha256 }) => {
    const layout = planTiles({ width, height }, side, longestEdge, 1_000);
    expect(layout).toMatchObject({ rows, columns });
    const parts = cutTiles({ width, height, data: picture(width, height) }, layout, side, 'lanczos');
    expect(parts).toHaveLength(tiles);
    const hash = createHash('sha256');
    parts.forEach((part) => hash.update(part));
    expect(hash.digest('hex')).toBe(sha256);
  });

  it('has 17 tiles at most with the published sizes, however long a picture is', () => {
    for (const size of [{ width: 2048, height: 2048 }, { width: 30_000, height: 10 }, { width: 10, height: 30_000 }, { width: 1, height: 1 }, { width: 4_000, height: 3_000 }]) {
      const layout = planTiles(size, 512, 2_048, 64);
      expect(tileCount(layout)).toBeLessThanOrEqual(17);
      expect(Math.max(layout.rows, layout.columns)).toBe(4);
    }
    expect(planTiles({ width: 30_000, height: 10 }, 512, 2_048, 64)).toEqual({ width: 2_048, height: 1, rows: 1, columns: 4 });
  });

  it('takes a shorter edge where there is no room for so many, down to the whole picture alone', () => {
    const square = { width: 800, height: 800 };
    expect([64, 17, 16, 10, 9, 5, 4, 1, 0].map((most) => tileCount(planTiles(square, 512, 2_048, most)))).toEqual([17, 17, 10, 10, 5, 5, 1, 1, 1]);
    expect(planTiles(square, 512, 2_048, 1)).toEqual({ width: 512, height: 512, rows: 0, columns: 0 });
    expect(planTiles({ width: 50, height: 25 }, 512, 2_000, 4)).toMatchObject({ rows: 1, columns: 2 });
  });

  it('never plans nothing, nor more than allowed', () => {
    const size = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 70 }), (width, height, side, times, most) => {
        const layout = planTiles({ width, height }, side, side * times, most);
        expect(tileCount(layout)).toBeLessThanOrEqual(most);
        expect(Math.min(layout.width, layout.height)).toBeGreaterThan(0);
        expect(layout.rows === 0).toBe(layout.columns === 0);
      }),
    );
  });

  it('normalises them one after the other, the whole picture last', () => {
    const data = new Uint8Array(4 * 2 * 3).map((_, at) => (Math.floor(at / 3) % 4 < 2 ? 255 : 0));
    const spec = { width: 2, height: 2, fit: 'squash', resample: 'lanczos', mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const pixels = preprocessFrame({ width: 4, height: 2, data }, { ...spec, tiles: { width: 4, height: 2, rows: 1, columns: 2 } });
    expect(pixels).toHaveLength(3 * 12);
    expect([...pixels.subarray(0, 12)].every((value) => value === 1)).toBe(true);
    expect([...pixels.subarray(12, 24)].every((value) => value === 0)).toBe(true);
  });
});
