import type { RgbFrame } from '../perception.js';

export const thumbnailWidth = 16;
export const thumbnailHeight = 9;
export const thumbnailBytes = thumbnailWidth * thumbnailHeight;

/** How bright a picture is, and what it looks like from far away. */
export interface Thumbnail {
  /** Mean luma, 0…1. */
  brightness: number;
  /** Mean luma of each block. */
  thumbnail: Uint8Array; // [9,16]
}

/** Luma by the weights of BT.601; pixels of blocks that are smaller than a pixel are shared. */
export function makeThumbnail({ width, height, data }: RgbFrame): Thumbnail {
  const thumbnail = new Uint8Array(thumbnailBytes);
  let total = 0;
  for (let row = 0; row < thumbnailHeight; row++) {
    const top = Math.floor((row * height) / thumbnailHeight);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / thumbnailHeight));
    for (let column = 0; column < thumbnailWidth; column++) {
      const left = Math.floor((column * width) / thumbnailWidth);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / thumbnailWidth));
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        for (let at = (y * width + left) * 3; at < (y * width + right) * 3; at += 3) {
          sum += 299 * data[at]! + 587 * data[at + 1]! + 114 * data[at + 2]!;
        }
      }
      const mean = sum / (1000 * (bottom - top) * (right - left));
      thumbnail[row * thumbnailWidth + column] = Math.round(mean);
      total += mean;
    }
  }
  return { brightness: Math.round((total / thumbnailBytes / 255) * 1e4) / 1e4, thumbnail };
}

/** Blocks whose change counts: something small that moves changes few of them. */
const countedBlocks = 7;

/** How much two pictures differ, 0…1: the mean over the few blocks that differ most. */
export function pictureChange(a: Uint8Array, b: Uint8Array): number {
  const changes = Array.from({ length: thumbnailBytes }, (_, i) => Math.abs((a[i] ?? 0) - (b[i] ?? 0))).sort((x, y) => y - x);
  return changes.slice(0, countedBlocks).reduce((sum, each) => sum + each, 0) / countedBlocks / 255;
}
