/** Pillow's fixed point: coefficients have this many fractional bits. */
const precisionBits = 32 - 8 - 2;

/** Pillow's filters of these names. */
export type PillowFilter = 'bicubic' | 'lanczos';

const filters: Record<PillowFilter, { support: number; weigh(x: number): number }> = {
  bicubic: { support: 2, weigh: cubic },
  lanczos: { support: 3, weigh: lanczos },
};

/** Keys' cubic with a = −0.5. */
function cubic(x: number): number {
  const a = -0.5;
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a;
  return 0;
}

/** A sinc in the window of a wider one. */
function lanczos(x: number): number {
  return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** For each output position: the first input it uses, how many, and their weights in fixed point. */
interface Taps {
  starts: Int32Array; // [outSize]
  counts: Int32Array; // [outSize]
  weights: Int32Array; // [outSize, width]
  width: number;
}

/**
 * Weights of a resize along one axis (Pillow, `precompute_coeffs` and `normalize_coeffs_8bpc` of Resample.c). When
 * making smaller the filter is stretched over all pixels it covers: that is the antialiasing.
 *
 * @param from first output position that is needed
 * @param length output positions that are needed
 */
function resizeTaps(filter: PillowFilter, inSize: number, outSize: number, from: number, length: number): Taps {
  const { support: reach, weigh } = filters[filter];
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = reach * filterScale;
  const width = Math.ceil(support) * 2 + 1;
  const taps = {
    starts: new Int32Array(length),
    counts: new Int32Array(length),
    weights: new Int32Array(length * width),
    width,
  };
  const exact = new Float64Array(width);
  for (let i = 0; i < length; i++) {
    const centre = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(inSize, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = weigh((k + start - centre + 0.5) * (1 / filterScale));
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) {
      const weight = (exact[k] ?? 0) / (sum === 0 ? 1 : sum);
      taps.weights[i * width + k] = Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << precisionBits));
    }
    taps.starts[i] = start;
    taps.counts[i] = count;
  }
  return taps;
}

/** A rectangle of the resized picture. */
export interface Crop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Resizes an RGB picture to `outWidth`×`outHeight` and returns a rectangle of the result: bit for bit what
 * Pillow's `Image.resize(…, filter).crop(…)` gives, in its two passes of 8-bit fixed-point arithmetic.
 * Only the rectangle is computed.
 *
 * @param data [inHeight, inWidth, 3]
 * @returns [crop.height, crop.width, 3]
 */
export function pillowResize(
  data: Uint8Array,
  inWidth: number,
  inHeight: number,
  outWidth: number,
  outHeight: number,
  crop: Crop,
  filter: PillowFilter = 'bicubic',
): Uint8Array {
  const vertical = resizeTaps(filter, inHeight, outHeight, crop.top, crop.height);
  const lastRow = crop.height - 1;
  const firstNeeded = outHeight === inHeight ? crop.top : (vertical.starts[0] ?? 0);
  const endNeeded =
    outHeight === inHeight ? crop.top + crop.height : (vertical.starts[lastRow] ?? 0) + (vertical.counts[lastRow] ?? 0);
  const rows = endNeeded - firstNeeded;
  const across = horizontalPass(filter, data, inWidth, outWidth, crop, firstNeeded, rows);
  return outHeight === inHeight ? across : verticalPass(across, crop, vertical, firstNeeded);
}

function horizontalPass(
  filter: PillowFilter,
  data: Uint8Array,
  inWidth: number,
  outWidth: number,
  crop: Crop,
  firstRow: number,
  rows: number,
): Uint8Array {
  const out = new Uint8Array(rows * crop.width * 3);
  if (inWidth === outWidth) {
    for (let y = 0; y < rows; y++) {
      const start = ((firstRow + y) * inWidth + crop.left) * 3;
      out.set(data.subarray(start, start + crop.width * 3), y * crop.width * 3);
    }
    return out;
  }
  const { starts, counts, weights, width } = resizeTaps(filter, inWidth, outWidth, crop.left, crop.width);
  const half = 1 << (precisionBits - 1);
  for (let y = 0; y < rows; y++) {
    const row = (firstRow + y) * inWidth * 3;
    for (let x = 0; x < crop.width; x++) {
      const count = counts[x]!;
      let at = row + starts[x]! * 3;
      let red = half;
      let green = half;
      let blue = half;
      for (let k = x * width; k < x * width + count; k++, at += 3) {
        const weight = weights[k]!;
        red += data[at]! * weight;
        green += data[at + 1]! * weight;
        blue += data[at + 2]! * weight;
      }
      const to = (y * crop.width + x) * 3;
      out[to] = clip8(red);
      out[to + 1] = clip8(green);
      out[to + 2] = clip8(blue);
    }
  }
  return out;
}

function verticalPass(data: Uint8Array, crop: Crop, taps: Taps, firstRow: number): Uint8Array {
  const stride = crop.width * 3;
  const out = new Uint8Array(crop.height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < crop.height; y++) {
    sums.fill(1 << (precisionBits - 1));
    for (let k = 0; k < taps.counts[y]!; k++) {
      const weight = taps.weights[y * taps.width + k]!;
      const row = (taps.starts[y]! - firstRow + k) * stride;
      for (let x = 0; x < stride; x++) {
        sums[x]! += data[row + x]! * weight;
      }
    }
    for (let x = 0; x < stride; x++) {
      out[y * stride + x] = clip8(sums[x]!);
    }
  }
  return out;
}

function clip8(sum: number): number {
  const value = sum >> precisionBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
