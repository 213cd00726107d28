import type { TextsManifest } from '../models/perceptionManifest.js';
import { numbersOf, type RunGraph, type Tensor } from './graph.js';
import { type FrameSizes, type Region, wholeOf, writePixels } from './pixels.js';

/** Both sides of the graph's input are multiples of this. */
const multiple = 32;

/** How a frame lies in the graph's input: scaled by `scale`, at the top left, the rest is padding. */
export interface TextInput {
  tensor: Tensor; // [1,3,H,W]
  scale: number;
  width: number;
  height: number;
}

/**
 * The frame at a size where both its small and its large letters can be found: smaller ones are enlarged, up to twice.
 * It is padded, not stretched, to multiples of 32.
 */
export function prepareTextDetection(sizes: FrameSizes, { detection }: TextsManifest): TextInput {
  const { width, height } = sizes.frame;
  const longer = Math.max(width, height);
  const scale = longer > detection.longestSide ? detection.longestSide / longer : Math.max(1, Math.min(2, detection.enlargeTo / longer));
  const [inner, innerRows] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const [outer, outerRows] = [inner, innerRows].map((size) => Math.ceil(size / multiple) * multiple) as [number, number];
  const data = new Float32Array(3 * outerRows * outer);
  writePixels(sizes, wholeOf(sizes), inner, innerRows, { ...detection, layout: 'chw' }, data, outer, outerRows);
  return { tensor: { type: 'float32', data, dims: [1, 3, outerRows, outer] }, scale, width: outer, height: outerRows };
}

interface Blob {
  left: number;
  top: number;
  right: number; // exclusive
  bottom: number; // exclusive
  pixels: number;
  sum: number;
}

/** Connected parts (4 neighbours) of a map where it is above a threshold. */
function blobsOf(map: Float32Array, width: number, height: number, threshold: number): Blob[] {
  // Outside of blobs 0; 1 where a pixel waits to be visited.
  const waiting = new Uint8Array(map.length); // [H,W]
  let pixels = 0;
  for (let i = 0; i < map.length; i++) {
    if ((map[i] as number) > threshold) {
      waiting[i] = 1;
      pixels++;
    }
  }
  const open = new Int32Array(pixels);
  const blobs: Blob[] = [];
  for (let start = waiting.indexOf(1); start >= 0; start = waiting.indexOf(1, start)) {
    const blob: Blob = { left: width, top: height, right: 0, bottom: 0, pixels: 0, sum: 0 };
    let count = 1;
    open[0] = start;
    waiting[start] = 0;
    while (count > 0) {
      const at = open[--count] as number;
      const x = at % width;
      const y = (at - x) / width;
      blob.pixels++;
      blob.sum += map[at] as number;
      blob.left = Math.min(blob.left, x);
      blob.right = Math.max(blob.right, x + 1);
      blob.top = Math.min(blob.top, y);
      blob.bottom = Math.max(blob.bottom, y + 1);
      for (let side = 0; side < 4; side++) {
        const isInside = side === 0 ? x > 0 : side === 1 ? x < width - 1 : side === 2 ? y > 0 : y < height - 1;
        const next = at + (side === 0 ? -1 : side === 1 ? 1 : side === 2 ? -width : width);
        if (isInside && waiting[next] === 1) {
          waiting[next] = 0;
          open[count++] = next;
        }
      }
    }
    blobs.push(blob);
  }
  return blobs;
}

/**
 * Lines in the map that PP-OCRv4's detector gives (differentiable binarization, arXiv:1911.08947): the probability that a
 * pixel is of the shrunken middle of a line, so each blob is widened again by area × unclip ÷ perimeter.
 *
 * @param map [H,W] of `input`
 * @returns regions in pixels of the frame, in reading order; upright ones only
 */
export function readTextBoxes(map: Float32Array, input: TextInput, frame: { width: number; height: number }, { detection, most }: TextsManifest): Region[] {
  const regions: Region[] = [];
  const sure = blobsOf(map, input.width, input.height, detection.pixelThreshold)
    .filter(({ left, right, top, bottom, pixels, sum }) => Math.min(right - left, bottom - top) >= detection.minSide && sum / pixels > detection.boxThreshold)
    .sort((a, b) => b.pixels - a.pixels)
    .slice(0, most);
  for (const { left, top, right, bottom } of sure) {
    const [w, h] = [right - left, bottom - top];
    const more = (w * h * detection.unclip) / (2 * (w + h));
    const x = Math.max(0, (left - more) / input.scale);
    const y = Math.max(0, (top - more) / input.scale);
    const region = {
      left: x,
      top: y,
      width: Math.min(frame.width, (right + more) / input.scale) - x,
      height: Math.min(frame.height, (bottom + more) / input.scale) - y,
    };
    if (region.width >= 2 && region.height >= 2) {
      regions.push(region);
    }
  }
  return inReadingOrder(regions);
}

/** Row by row, each from left to right: whatever has its middle within the first one's height is of its row. */
export function inReadingOrder<T extends Region>(regions: readonly T[]): T[] {
  const rows: T[][] = [];
  for (const region of [...regions].sort((a, b) => a.top + a.height / 2 - (b.top + b.height / 2))) {
    const row = rows[rows.length - 1];
    const first = row?.[0];
    const middle = region.top + region.height / 2;
    if (row && first && middle < first.top + first.height && Math.abs(middle - (first.top + first.height / 2)) < Math.min(first.height, region.height) / 2) {
      row.push(region);
    } else {
      rows.push([region]);
    }
  }
  return rows.flatMap((row) => row.sort((a, b) => a.left - b.left));
}

export async function findTextLines(sizes: FrameSizes, manifest: TextsManifest, run: RunGraph): Promise<Region[]> {
  const input = prepareTextDetection(sizes, manifest);
  const outputs = await run({ [manifest.detection.input]: input.tensor });
  return readTextBoxes(numbersOf(outputs, manifest.detection.output, input.width * input.height), input, sizes.frame, manifest);
}
