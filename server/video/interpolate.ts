import type { Crop } from './pillowResize.js';

export type Interpolation = 'nearest' | 'linear' | 'cubic';

/** For each output position: the inputs it is made of, and their shares. */
interface Taps {
  indices: Int32Array; // [length, count]
  shares: Float32Array; // [length, count]
  count: number;
}

/** Cubic convolution with a = −0.75, at distances 1+t, t, 1−t, 2−t. */
function cubicShares(t: number): number[] {
  const a = -0.75;
  const near = (x: number): number => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number): number => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

function tapsOf(how: Interpolation, inSize: number, outSize: number, from: number, length: number): Taps {
  const scale = Math.fround(inSize / outSize);
  const offsets = { nearest: [0], linear: [0, 1], cubic: [-1, 0, 1, 2] }[how];
  const count = offsets.length;
  const taps = { indices: new Int32Array(length * count), shares: new Float32Array(length * count), count };
  for (let i = 0; i < length; i++) {
    const at = from + i;
    const middle = Math.fround(Math.fround(scale * (at + 0.5)) - 0.5);
    const place = how === 'nearest' ? Math.fround(at * scale) : how === 'linear' ? Math.max(0, middle) : middle;
    const first = Math.floor(place);
    const t = place - first;
    const shares = how === 'nearest' ? [1] : how === 'linear' ? [1 - t, t] : cubicShares(t);
    offsets.forEach((offset, k) => {
      taps.indices[i * count + k] = Math.min(inSize - 1, Math.max(0, first + offset));
      taps.shares[i * count + k] = shares[k] ?? 0;
    });
  }
  return taps;
}

/**
 * Resizes an RGB picture and returns a rectangle of the result, as PyTorch's `interpolate` does it (`align_corners`
 * off, no antialiasing): in floats that are neither rounded nor clamped.
 *
 * @param data [inHeight, inWidth, 3]
 * @returns [crop.height, crop.width, 3], 0…255 and for `cubic` a little beyond
 */
export function interpolate(
  data: Uint8Array,
  inWidth: number,
  inHeight: number,
  outWidth: number,
  outHeight: number,
  crop: Crop,
  how: Interpolation,
): Float32Array {
  const across = tapsOf(how, inWidth, outWidth, crop.left, crop.width);
  const down = tapsOf(how, inHeight, outHeight, crop.top, crop.height);
  const rows = new Map<number, Float32Array>();
  const rowOf = (y: number): Float32Array => {
    let row = rows.get(y);
    if (!row) {
      row = stretchRow(data.subarray(y * inWidth * 3, (y + 1) * inWidth * 3), across, crop.width);
      rows.set(y, row);
    }
    return row;
  };
  const stride = crop.width * 3;
  const out = new Float32Array(crop.height * stride);
  for (let y = 0; y < crop.height; y++) {
    for (let k = 0; k < down.count; k++) {
      const share = down.shares[y * down.count + k]!;
      const row = rowOf(down.indices[y * down.count + k]!);
      for (let x = 0; x < stride; x++) {
        out[y * stride + x]! += share * row[x]!;
      }
    }
    for (const old of rows.keys()) {
      if (old < down.indices[y * down.count]!) rows.delete(old);
    }
  }
  return out;
}

function stretchRow(row: Uint8Array, { indices, shares, count }: Taps, width: number): Float32Array {
  const out = new Float32Array(width * 3);
  for (let x = 0; x < width; x++) {
    for (let k = x * count; k < (x + 1) * count; k++) {
      const share = shares[k]!;
      const from = indices[k]! * 3;
      out[x * 3]! += share * row[from]!;
      out[x * 3 + 1]! += share * row[from + 1]!;
      out[x * 3 + 2]! += share * row[from + 2]!;
    }
  }
  return out;
}
