import type { ObjectsManifest } from '../models/perceptionManifest.js';
import type { Box, Detection } from '../observations.js';
import { boxFromEdges, withoutOverlaps } from '../boxes.js';
import { numbersOf, type RunGraph, type Tensor } from './graph.js';
import { type FrameSizes, type Region, writePixels } from './pixels.js';

/** A part of a frame as the graph sees it: at the top left of its input, the rest is padding. */
export interface ObjectView {
  region: Region;
  width: number;
  height: number;
}

/** What reaches over the edge of a view is another view's to find; fractions of the view. */
const cutMargin = 0.01;

/**
 * How a frame is looked at: squashed to the graph's size if that changes it little; else whole with padding, and its middle
 * once more, larger.
 */
export function objectViews(frame: { width: number; height: number }, { input, squashLimit }: ObjectsManifest): ObjectView[] {
  const { width, height } = frame;
  const whole = { left: 0, top: 0, width, height };
  const full = { width: input.width, height: input.height };
  if (Math.max(width, height) / Math.min(width, height) <= squashLimit) {
    return [{ region: whole, ...full }];
  }
  const scale = Math.min(input.width / width, input.height / height);
  const side = Math.min(width, height);
  return [
    { region: whole, width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) },
    { region: { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side }, ...full },
  ];
}

/** One view as the graph wants it, [1,3,H,W]. */
export function prepareObjects(sizes: FrameSizes, view: ObjectView, { input }: ObjectsManifest): Tensor {
  const { width, height } = input;
  const data = new Float32Array(3 * height * width);
  writePixels(sizes, view.region, view.width, view.height, { ...input, layout: 'chw' }, data, width, height);
  return { type: 'float32', data, dims: [1, 3, height, width] };
}

/**
 * Decodes NanoDet's heads (github.com/RangiLyu/nanodet, Apache-2.0): for each cell of a stride, probabilities
 * [cells, classes] and, for the way from the cell's centre to each edge (left, top, right, bottom), a distribution over
 * 0…bins-1 strides [cells, 4·bins] whose mean is the distance (Generalized Focal Loss, arXiv:2006.04388).
 */
export function readObjects(outputs: Record<string, Tensor>, view: ObjectView, frame: { width: number; height: number }, manifest: ObjectsManifest): Detection[] {
  const { input, labels, heads, bins, scoreThreshold } = manifest;
  const found: Detection[] = [];
  for (const { scores: scoresName, boxes: boxesName, stride } of heads) {
    const columns = Math.ceil(input.width / stride);
    const cells = columns * Math.ceil(input.height / stride);
    const scores = numbersOf(outputs, scoresName, cells * labels.length);
    const boxes = numbersOf(outputs, boxesName, cells * 4 * bins);
    for (let cell = 0; cell < cells; cell++) {
      const best = strongest(scores, cell * labels.length, labels.length);
      const score = scores[best] as number;
      if (!(score > scoreThreshold)) {
        continue;
      }
      const [x, y] = [((cell % columns) + 0.5) * stride, (Math.floor(cell / columns) + 0.5) * stride];
      const away = (side: number): number => meanOf(boxes, (cell * 4 + side) * bins, bins) * stride;
      const box = inFrame([x - away(0), y - away(1), x + away(2), y + away(3)], view, frame);
      if (box) {
        found.push({ label: labels[best - cell * labels.length] as string, score: Math.min(1, score), box });
      }
    }
  }
  return withoutOverlaps(found, manifest.overlap, ({ label }) => label);
}

export async function detectObjects(sizes: FrameSizes, manifest: ObjectsManifest, run: RunGraph): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const view of objectViews(sizes.frame, manifest)) {
    const outputs = await run({ [manifest.input.name]: prepareObjects(sizes, view, manifest) });
    found.push(...readObjects(outputs, view, sizes.frame, manifest));
  }
  return withoutOverlaps(found, manifest.overlap, ({ label }) => label).slice(0, manifest.most);
}

/** Edges in pixels of a view's input as a box of the frame; none for what leaves the view where the frame goes on. */
function inFrame(edges: [number, number, number, number], { region, width, height }: ObjectView, frame: { width: number; height: number }): Box | undefined {
  const [left, top, right, bottom] = edges.map((edge, i) => edge / (i % 2 === 0 ? width : height)) as [number, number, number, number];
  const isCut =
    (left < cutMargin && region.left > 0) ||
    (top < cutMargin && region.top > 0) ||
    (right > 1 - cutMargin && region.left + region.width < frame.width) ||
    (bottom > 1 - cutMargin && region.top + region.height < frame.height);
  if (isCut) {
    return undefined;
  }
  const x = (at: number): number => (region.left + at * region.width) / frame.width;
  const y = (at: number): number => (region.top + at * region.height) / frame.height;
  return boxFromEdges(x(left), y(top), x(right), y(bottom));
}

function strongest(values: Float32Array, from: number, length: number): number {
  let best = from;
  for (let i = from + 1; i < from + length; i++) {
    if ((values[i] as number) > (values[best] as number)) {
      best = i;
    }
  }
  return best;
}

/** Mean of a distribution given by logits over 0, 1, 2 … */
function meanOf(logits: Float32Array, from: number, length: number): number {
  const highest = logits[strongest(logits, from, length)] as number;
  let sum = 0;
  let mean = 0;
  for (let i = 0; i < length; i++) {
    const weight = Math.exp((logits[from + i] as number) - highest);
    sum += weight;
    mean += weight * i;
  }
  return mean / sum;
}
