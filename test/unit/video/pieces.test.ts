import { describe, expect, it } from 'vitest';
import { picturesInPieces } from '../../../server/models/pieceRules.js';
import { arrangePieces } from '../../../server/video/arrangePieces.js';
import { preprocessFrame } from '../../../server/video/preprocessFrame.js';

describe('pieces of a few frames', () => {
  it('come piece by piece, in each crop by crop, and the last frame stands still', () => {
    const pixels = Float32Array.from({ length: 3 * 3 }, (_, i) => 10 * Math.floor(i / 3) + (i % 3)); // [frames, crops]
    const arranged = arrangePieces(pixels, 3, { frames: 2, crops: 3 });
    expect([...arranged]).toEqual([0, 10, 1, 11, 2, 12, 20, 20, 21, 21, 22, 22]);
    expect(arranged).toHaveLength(picturesInPieces(3, { frames: 2, crops: 3 }));
    expect([...arrangePieces(Float32Array.of(5, 6), 1, { frames: 2, crops: 1 })]).toEqual([5, 6, 5, 6]);
  });

  it.each([
    ['lying', 7, 2, [0, 3, 5]],
    ['standing', 2, 7, [0, 3, 5]],
    ['square', 2, 2, [0, 0, 0]],
  ])('three crops of a %s picture are its beginning, its middle rounded up, and its end', (_, width, height, offsets) => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (width > height ? Math.floor(at / 3) % width : Math.floor(at / 3 / width)));
    const spec = { width: 2, height: 2, fit: 'shorterSideCrop' as const, resample: 'nearest' as const, pieces: { frames: 2, crops: 3 as const }, mean: [0, 0, 0] as const, std: [1, 1, 1] as const };
    const out = preprocessFrame({ width, height, data }, spec);
    expect(out).toHaveLength(3 * 3 * 4);
    expect([0, 1, 2].map((crop) => Math.round(out[crop * 12]! * 255))).toEqual(offsets);
  });
});
