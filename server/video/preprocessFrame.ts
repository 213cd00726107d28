import { rintHalfEven } from '../protocol/index.js';
import { cutTiles } from './cutTiles.js';
import type { RgbFrame } from './decodeStretches.js';
import { interpolate, type Interpolation } from './interpolate.js';
import { type Crop, type PillowFilter, pillowResize } from './pillowResize.js';
import { tileCount, type TileLayout } from './planTiles.js';

/** How a model wants its pictures; from the manifest. */
export interface PreprocessSpec {
  width: number;
  height: number;
  /** `shorterSideCrop`: scale until the target is covered, keep the middle. `squash`: both sides to size, aspect lost. */
  fit: 'shorterSideCrop' | 'squash';
  /** `bicubic`, or left out, and `lanczos`: as Pillow resizes, antialiased and in bytes. The others: as PyTorch does, in floats. */
  resample?: PillowFilter | Interpolation;
  /** A picture is cut into tiles of this width and height, with a filter of Pillow. */
  tiles?: TileLayout;
  /** The encoder looks at several frames at once, and at each frame through so many crops. */
  pieces?: { frames: number; crops: 1 | 3 };
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Size after the resize, and the rectangle of it that is kept. */
export interface FitPlan {
  width: number;
  height: number;
  crop: Crop;
}

/**
 * The arithmetic of torchvision's `Resize(int)` and `CenterCrop` on PIL pictures: the shorter side to the target,
 * the longer to `trunc(target · long / short)`; offsets `round((size − target) / 2)` with ties to even.
 */
export function fitPlan(width: number, height: number, spec: Pick<PreprocessSpec, 'width' | 'height' | 'fit'>): FitPlan {
  if (spec.fit === 'squash') {
    return { width: spec.width, height: spec.height, crop: { left: 0, top: 0, width: spec.width, height: spec.height } };
  }
  // The side that needs the larger scale is the one that fits exactly; for a square target, the shorter one.
  const widthDecides = spec.width * height >= spec.height * width;
  const resized = widthDecides
    ? { width: spec.width, height: Math.max(spec.height, Math.trunc((spec.width * height) / width)) }
    : { width: Math.max(spec.width, Math.trunc((spec.height * width) / height)), height: spec.height };
  return {
    ...resized,
    crop: {
      left: rintHalfEven((resized.width - spec.width) / 2),
      top: rintHalfEven((resized.height - spec.height) / 2),
      width: spec.width,
      height: spec.height,
    },
  };
}

/** Resized and cropped 8-bit picture. @returns [spec.height, spec.width, 3] */
export function resizeFrame(frame: RgbFrame, spec: Pick<PreprocessSpec, 'width' | 'height' | 'fit'>, filter?: PillowFilter): Uint8Array {
  const { width, height, crop } = fitPlan(frame.width, frame.height, spec);
  return pillowResize(frame.data, frame.width, frame.height, width, height, crop, filter);
}

/** Pictures that the encoder is given for one frame. */
export function picturesPerFrame({ tiles, pieces }: PreprocessSpec): number {
  return tiles ? tileCount(tiles) : (pieces?.crops ?? 1);
}

/**
 * One frame as the encoder takes it: `(value / 255 − mean) / std` in float32, colours first.
 *
 * @returns [3,H,W]; with tiles [tiles + 1,3,H,W], with crops [crops,3,H,W]
 */
export function preprocessFrame(frame: RgbFrame, spec: PreprocessSpec): Float32Array {
  const { resample = 'bicubic', tiles } = spec;
  if (resample !== 'bicubic' && resample !== 'lanczos') {
    return interpolateFrame(frame, spec, resample);
  }
  const pictures = tiles ? cutTiles(frame, tiles, spec.width, resample) : [resizeFrame(frame, spec, resample)];
  const size = 3 * spec.width * spec.height;
  const out = new Float32Array(pictures.length * size);
  pictures.forEach((bytes, i) => normalise(bytes, spec, out.subarray(i * size, (i + 1) * size)));
  return out;
}

/** @param out [3,H,W], is filled */
function normalise(bytes: Uint8Array, spec: PreprocessSpec, out: Float32Array): void {
  const area = spec.width * spec.height;
  for (let channel = 0; channel < 3; channel++) {
    const mean = Math.fround(spec.mean[channel] ?? 0);
    const std = Math.fround(spec.std[channel] ?? 1);
    // Every value there can be, rounded to float32 after each step as torch does.
    const table = Float32Array.from({ length: 256 }, (_, value) =>
      Math.fround(Math.fround(Math.fround(value / 255) - mean) / std),
    );
    for (let i = 0; i < area; i++) {
      out[channel * area + i] = table[bytes[i * 3 + channel]!]!;
    }
  }
}

function interpolateFrame(frame: RgbFrame, spec: PreprocessSpec, how: Interpolation): Float32Array {
  const plan = fitPlan(frame.width, frame.height, spec);
  const crops = spec.pieces?.crops === 3 ? threeCrops(plan) : [plan.crop];
  const area = spec.width * spec.height;
  const out = new Float32Array(crops.length * 3 * area);
  crops.forEach((crop, k) => {
    const values = interpolate(frame.data, frame.width, frame.height, plan.width, plan.height, crop, how);
    for (let at = 0; at < 3 * area; at++) {
      const channel = Math.floor(at / area);
      out[k * 3 * area + at] = (values[(at % area) * 3 + channel]! / 255 - (spec.mean[channel] ?? 0)) / (spec.std[channel] ?? 1);
    }
  });
  return out;
}

/** The beginning, the middle (rounded up, as ImageBind has it) and the end of the longer side. */
function threeCrops({ width, height, crop }: FitPlan): Crop[] {
  const [left, top] = [width - crop.width, height - crop.height];
  return [0, 0.5, 1].map((share) => ({ ...crop, left: Math.ceil(left * share), top: Math.ceil(top * share) }));
}
