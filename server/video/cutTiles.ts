import type { RgbFrame } from './decodeStretches.js';
import { type PillowFilter, pillowResize } from './pillowResize.js';
import { tileCount, type TileLayout } from './planTiles.js';

interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * The tiles of a picture, row by row, and then the whole of it, each [side,side,3]. Every step works on bytes, as the
 * processors of Idefics3 and SmolVLM do: to the layout's size, to the grid's, and from there to the whole one.
 */
export function cutTiles(frame: RgbFrame, layout: TileLayout, side: number, filter: PillowFilter): Uint8Array[] {
  const { rows, columns } = layout;
  const whole = resize(frame, layout.width, layout.height, filter);
  if (tileCount(layout) === 1) {
    return [resize(whole, side, side, filter).data];
  }
  const grid = resize(whole, columns * side, rows * side, filter);
  const tiles = Array.from({ length: rows * columns }, (_, i) => squareOf(grid, (i % columns) * side, Math.floor(i / columns) * side, side));
  return [...tiles, resize(grid, side, side, filter).data];
}

function resize({ data, width, height }: Picture, toWidth: number, toHeight: number, filter: PillowFilter): Picture {
  const crop = { left: 0, top: 0, width: toWidth, height: toHeight };
  return { width: toWidth, height: toHeight, data: pillowResize(data, width, height, toWidth, toHeight, crop, filter) };
}

function squareOf({ data, width }: Picture, left: number, top: number, side: number): Uint8Array {
  const out = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * width + left) * 3;
    out.set(data.subarray(from, from + side * 3), y * side * 3);
  }
  return out;
}
