import type { GgufSummary } from './ggufCheck.js';

/** For what a GPU build needs besides weights and cache, and for whoever draws the screen. */
const reserve = { bytes: 768 * 1024 * 1024, fraction: 0.05 };
/** Keys and values of one layer and position, in 16 bits, without sharing between heads: the most it can be. */
const cacheBytes = (width: number): number => 2 * 2 * width;

/**
 * How many layers go to a GPU, where nobody gives better advice: as many as surely fit. One more than the model has puts all
 * of it there.
 *
 * @param freeBytes of the GPU's memory
 */
export function fitLayers({ bytes, layers, width }: Pick<GgufSummary, 'bytes' | 'layers' | 'width'>, contextLength: number, freeBytes: number): number {
  const room = freeBytes * (1 - reserve.fraction) - reserve.bytes;
  const perLayer = bytes / (layers + 1) + contextLength * cacheBytes(width);
  return Math.max(0, Math.min(layers + 1, Math.floor(room / perLayer)));
}
