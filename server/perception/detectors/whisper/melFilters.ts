/** A triangle over neighbouring frequencies. */
export interface MelFilter {
  /** The first frequency with a weight, as a number of the spectrum. */
  first: number;
  weights: Float64Array;
}

const linearStep = 200 / 3; // Hz
const linearMels = 15;
const logStep = Math.log(6.4) / 27;

/**
 * Triangles of equal area on Slaney's mel scale, which is linear up to 1 kHz and logarithmic above, from 0 to half the
 * sample rate.
 *
 * @param size samples in a window of the transform
 */
export function melFilters(bins: number, sampleRate: number, size: number): MelFilter[] {
  const top = linearMels + Math.log(sampleRate / 2 / 1000) / logStep;
  const edges = Array.from({ length: bins + 2 }, (_, i) => hertzOf((top * i) / (bins + 1)));
  return Array.from({ length: bins }, (_, bin) => {
    const [left = 0, middle = 0, right = 0] = edges.slice(bin, bin + 3);
    const weights = Array.from({ length: size / 2 + 1 }, (_, i) => {
      const hertz = (i * sampleRate) / size;
      const height = Math.min((hertz - left) / (middle - left), (right - hertz) / (right - middle));
      return (Math.max(0, height) * 2) / (right - left);
    });
    const first = Math.max(0, weights.findIndex((weight) => weight > 0));
    const last = weights.findLastIndex((weight) => weight > 0);
    return { first, weights: Float64Array.from(weights.slice(first, last + 1)) };
  });
}

function hertzOf(mel: number): number {
  return mel < linearMels ? linearStep * mel : 1000 * Math.exp(logStep * (mel - linearMels));
}
