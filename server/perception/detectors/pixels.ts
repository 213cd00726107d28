import type { RgbFrame } from '../../video/decodeStretches.js';

/** How a graph wants its pixels: `(value - mean) / std` of 0…255, channel by channel in their order. */
export interface PixelForm {
  channels: 'rgb' | 'bgr';
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
  /** `chw`: one plane after another. `hwc`: as in a picture. */
  layout: 'chw' | 'hwc';
}

/** A rectangle of a picture, in pixels; it may reach over its edges. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The same picture at half the size, each pixel the mean of four. Odd last rows and columns are left out. */
export function halved({ width, height, data }: RgbFrame): RgbFrame {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(w * h * 3); // [h,w,3]
  const row = width * 3;
  let to = 0;
  for (let y = 0; y < h; y++) {
    let from = 2 * y * row;
    for (let x = 0; x < w; x++, from += 6) {
      for (let c = from; c < from + 3; c++) {
        const sum = (data[c] as number) + (data[c + 3] as number) + (data[c + row] as number) + (data[c + row + 3] as number);
        out[to++] = (sum + 2) >> 2;
      }
    }
  }
  return { width: w, height: h, data: out };
}

/** A frame and smaller copies of it, made when they are wanted: what is shrunk much is shrunk without aliasing. */
export class FrameSizes {
  private readonly sizes: RgbFrame[];

  constructor(readonly frame: RgbFrame) {
    this.sizes = [frame];
  }

  /** The smallest copy in which no side of `region` is still more than twice as long as it should become. */
  for(region: Region, width: number, height: number): { frame: RgbFrame; region: Region } {
    let level = 0;
    while (region.width / 2 ** (level + 1) >= width && region.height / 2 ** (level + 1) >= height) {
      level++;
    }
    while (this.sizes.length <= level) {
      this.sizes.push(halved(this.sizes[this.sizes.length - 1] as RgbFrame));
    }
    const frame = this.sizes[level] as RgbFrame;
    const [sx, sy] = [frame.width / this.frame.width, frame.height / this.frame.height];
    return { frame, region: { left: region.left * sx, top: region.top * sy, width: region.width * sx, height: region.height * sy } };
  }
}

/** Where on one axis each output position lies: two neighbours and the weight of the second. */
function positions(start: number, length: number, size: number, limit: number): { first: Int32Array; second: Int32Array; weight: Float32Array } {
  const first = new Int32Array(size);
  const second = new Int32Array(size);
  const weight = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const at = start + ((i + 0.5) * length) / size - 0.5;
    const inside = Math.min(Math.max(at, 0), limit - 1);
    const low = Math.floor(inside);
    first[i] = low;
    second[i] = Math.min(low + 1, limit - 1);
    weight[i] = inside - low;
  }
  return { first, second, weight };
}

/**
 * Scales a region of a frame to `width`×`height` (bilinear, edges repeated) and writes it as numbers for a graph.
 *
 * @param out [3,H,W] or [H,W,3] by `form.layout`; `rowLength` ≥ `width` and `rows` ≥ `height` leave the rest as it is
 */
export function writePixels(
  sizes: FrameSizes,
  wanted: Region,
  width: number,
  height: number,
  form: PixelForm,
  out: Float32Array,
  rowLength = width,
  rows = height,
): void {
  const { frame, region } = sizes.for(wanted, width, height);
  const { data } = frame;
  const across = positions(region.left, region.width, width, frame.width);
  const down = positions(region.top, region.height, height, frame.height);
  const plane = form.layout === 'chw' ? rowLength * rows : 1;
  const step = form.layout === 'chw' ? 1 : 3;
  // Where red and blue go; green stays in the middle.
  const [red, blue] = form.channels === 'rgb' ? [0, 2] : [2, 0];
  const [redScale, greenScale, blueScale] = [1 / (form.std[red] as number), 1 / form.std[1], 1 / (form.std[blue] as number)];
  const [redShift, greenShift, blueShift] = [-(form.mean[red] as number) * redScale, -form.mean[1] * greenScale, -(form.mean[blue] as number) * blueScale];
  const isPlain = region.width === width && region.height === height && Number.isInteger(region.left) && Number.isInteger(region.top);
  for (let y = 0; y < height; y++) {
    const upper = (down.first[y] as number) * frame.width * 3;
    const lower = (down.second[y] as number) * frame.width * 3;
    const wy = down.weight[y] as number;
    let to = y * rowLength * step;
    for (let x = 0; x < width; x++, to += step) {
      const a = upper + (across.first[x] as number) * 3;
      let r = data[a] as number;
      let g = data[a + 1] as number;
      let b = data[a + 2] as number;
      if (!isPlain) {
        const wx = across.weight[x] as number;
        const right = upper + (across.second[x] as number) * 3;
        const below = lower + (across.first[x] as number) * 3;
        const beyond = lower + (across.second[x] as number) * 3;
        const [w00, w10, w01, w11] = [(1 - wx) * (1 - wy), wx * (1 - wy), (1 - wx) * wy, wx * wy];
        r = r * w00 + (data[right] as number) * w10 + (data[below] as number) * w01 + (data[beyond] as number) * w11;
        g = g * w00 + (data[right + 1] as number) * w10 + (data[below + 1] as number) * w01 + (data[beyond + 1] as number) * w11;
        b = b * w00 + (data[right + 2] as number) * w10 + (data[below + 2] as number) * w01 + (data[beyond + 2] as number) * w11;
      }
      out[to + red * plane] = r * redScale + redShift;
      out[to + plane] = g * greenScale + greenShift;
      out[to + blue * plane] = b * blueScale + blueShift;
    }
  }
}

export function wholeOf({ frame }: FrameSizes): Region {
  return { left: 0, top: 0, width: frame.width, height: frame.height };
}
