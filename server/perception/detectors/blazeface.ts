import type { FacesManifest } from '../models/perceptionManifest.js';
import type { FrameSights } from '../observations.js';
import { boxFromEdges, withoutOverlaps } from '../boxes.js';
import { numbersOf, type RunGraph, type Tensor } from './graph.js';
import { type FrameSizes, wholeOf, writePixels } from './pixels.js';

type Faces = NonNullable<FrameSights['faces']>;

/** The picture squashed to the graph's size, [1,H,W,3]. */
export function prepareFaces(sizes: FrameSizes, { input }: FacesManifest): Tensor {
  const { width, height } = input;
  const data = new Float32Array(height * width * 3);
  writePixels(sizes, wholeOf(sizes), width, height, { ...input, layout: 'hwc' }, data);
  return { type: 'float32', data, dims: [1, height, width, 3] };
}

/**
 * Decodes BlazeFace (arXiv:1907.05047, MediaPipe's full-range form): in each cell of a stride stand `anchors` anchors at
 * its centre, all of the picture's size. Scores are logits [anchors, 1]; boxes [anchors, 16] begin with centre x, y
 * relative to the anchor, width and height, in pixels of the input; six landmarks follow and are not used.
 */
export function readFaces(outputs: Record<string, Tensor>, manifest: FacesManifest): Faces {
  const { input, heads, scoreThreshold, overlap } = manifest;
  const found: Faces = [];
  for (const { scores: scoresName, boxes: boxesName, stride, anchors, numbers } of heads) {
    const columns = Math.ceil(input.width / stride);
    const count = columns * Math.ceil(input.height / stride) * anchors;
    const scores = numbersOf(outputs, scoresName, count);
    const boxes = numbersOf(outputs, boxesName, count * numbers);
    for (let anchor = 0; anchor < count; anchor++) {
      const score = 1 / (1 + Math.exp(-(scores[anchor] as number)));
      if (!(score > scoreThreshold)) {
        continue;
      }
      const cell = Math.floor(anchor / anchors);
      const at = (i: number): number => boxes[anchor * numbers + i] as number;
      const x = (cell % columns) * stride + stride / 2 + at(0);
      const y = Math.floor(cell / columns) * stride + stride / 2 + at(1);
      const [w, h] = [at(2) / 2, at(3) / 2];
      const box = boxFromEdges((x - w) / input.width, (y - h) / input.height, (x + w) / input.width, (y + h) / input.height);
      if (box) {
        found.push({ score, box });
      }
    }
  }
  return withoutOverlaps(found, overlap).slice(0, manifest.most);
}

export async function detectFaces(sizes: FrameSizes, manifest: FacesManifest, run: RunGraph): Promise<Faces> {
  return readFaces(await run({ [manifest.input.name]: prepareFaces(sizes, manifest) }), manifest);
}
