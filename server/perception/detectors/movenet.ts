import type { PosesManifest } from '../models/perceptionManifest.js';
import type { Box, Detection, Pose } from '../observations.js';
import { numbersOf, type RunGraph, type Tensor } from './graph.js';
import { type FrameSizes, type PixelForm, type Region, writePixels } from './pixels.js';

/** Whole numbers are cut off after the point: half more rounds them. */
const roundedPixels: PixelForm = { channels: 'rgb', mean: [-0.5, -0.5, -0.5], std: [1, 1, 1], layout: 'hwc' };

/** A square around a person, in pixels of the frame; it may reach over its edges. */
export function squareAround(box: Box, width: number, height: number, margin: number): Region {
  const side = Math.max(box[2] * width, box[3] * height) * margin;
  return { left: (box[0] + box[2] / 2) * width - side / 2, top: (box[1] + box[3] / 2) * height - side / 2, width: side, height: side };
}

/** The square of the frame, black where it leaves the picture: [1,H,W,3] int32, RGB 0…255. */
export function preparePose(sizes: FrameSizes, square: Region, { input }: PosesManifest): Tensor {
  const { width, height } = input;
  const pixels = new Float32Array(height * width * 3);
  const [sx, sy] = [width / square.width, height / square.height];
  // Output pixels whose place lies inside the picture.
  const left = Math.max(0, Math.ceil(-square.left * sx));
  const top = Math.max(0, Math.ceil(-square.top * sy));
  const right = Math.min(width, Math.floor((sizes.frame.width - square.left) * sx));
  const bottom = Math.min(height, Math.floor((sizes.frame.height - square.top) * sy));
  if (right > left && bottom > top) {
    const region = { left: square.left + left / sx, top: square.top + top / sy, width: (right - left) / sx, height: (bottom - top) / sy };
    writePixels(sizes, region, right - left, bottom - top, roundedPixels, pixels.subarray((top * width + left) * 3), width);
  }
  return { type: 'int32', data: new Int32Array(pixels), dims: [1, height, width, 3] };
}

/**
 * MoveNet's answer (TensorFlow Hub `movenet/singlepose/lightning`): y, x as fractions of the square and a confidence for
 * each of COCO's 17 keypoints.
 *
 * @returns x, y as fractions of the frame and the confidence, [17,3]
 */
export function readPose(outputs: Record<string, Tensor>, square: Region, width: number, height: number, manifest: PosesManifest): Float32Array {
  const numbers = numbersOf(outputs, manifest.output, manifest.keypoints * 3);
  const points = new Float32Array(manifest.keypoints * 3);
  for (let i = 0; i < points.length; i += 3) {
    points[i] = (square.left + (numbers[i + 1] as number) * square.width) / width;
    points[i + 1] = (square.top + (numbers[i] as number) * square.height) / height;
    points[i + 2] = numbers[i + 2] as number;
  }
  return points;
}

/** Poses of the surest persons among `objects`; whoever is smaller than `minSide` pixels shows none. */
export async function detectPoses(sizes: FrameSizes, objects: readonly Detection[], manifest: PosesManifest, run: RunGraph): Promise<Pose[]> {
  const { width, height } = sizes.frame;
  const persons = objects
    .filter(({ label, box }) => label === manifest.person && Math.max(box[2] * width, box[3] * height) >= manifest.minSide)
    .slice(0, manifest.most);
  const poses: Pose[] = [];
  for (const { box } of persons) {
    const square = squareAround(box, width, height, manifest.margin);
    const outputs = await run({ [manifest.input.name]: preparePose(sizes, square, manifest) });
    poses.push({ box, keypoints: readPose(outputs, square, width, height, manifest) });
  }
  return poses;
}
