import type { ObjectsManifest } from '../models/perceptionManifest.js';
import type { Detection } from '../observations.js';
import { boxFromEdges, withoutOverlaps } from './boxes.js';
import { numbersOf, type RunGraph, type Tensor } from './graph.js';
import { type FrameSizes, wholeOf, writePixels } from './pixels.js';

/** The picture squashed to the graph's size, [1,3,H,W]. */
export function prepareObjects(sizes: FrameSizes, { input }: ObjectsManifest): Tensor {
  const { width, height } = input;
  const data = new Float32Array(3 * height * width);
  writePixels(sizes, wholeOf(sizes), width, height, { ...input, layout: 'chw' }, data);
  return { type: 'float32', data, dims: [1, 3, height, width] };
}

/**
 * Decodes NanoDet's heads (github.com/RangiLyu/nanodet, Apache-2.0): for each cell of a stride, probabilities
 * [cells, classes] and, for the way from the cell's centre to each edge (left, top, right, bottom), a distribution over
 * 0…bins-1 strides [cells, 4·bins] whose mean is the distance (Generalized Focal Loss, arXiv:2006.04388).
 */
export function readObjects(outputs: Record<string, Tensor>, manifest: ObjectsManifest): Detection[] {
  const { input, labels, heads, bins, scoreThreshold, overlap } = manifest;
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
      const box = boxFromEdges((x - away(0)) / input.width, (y - away(1)) / input.height, (x + away(2)) / input.width, (y + away(3)) / input.height);
      if (box) {
        found.push({ label: labels[best - cell * labels.length] as string, score: Math.min(1, score), box });
      }
    }
  }
  return withoutOverlaps(found, overlap, ({ label }) => label).slice(0, manifest.most);
}

export async function detectObjects(sizes: FrameSizes, manifest: ObjectsManifest, run: RunGraph): Promise<Detection[]> {
  return readObjects(await run({ [manifest.input.name]: prepareObjects(sizes, manifest) }), manifest);
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
