import type { CancellationToken } from '../common/cancellation.js';
import type { FfmpegTools, OpenedVideo, PreprocessSpec, VideoParts } from './engineParts.js';

/** Whole frames held at once, in bytes; small ones go through eight at a time. */
const frameBytes = 256 * 1024 * 1024;
const framesAtOnce = 8;

/**
 * Decodes frames and brings them to the encoder's size, a few at a time: the memory needed does not grow
 * with the number of frames.
 *
 * @returns pixels `[T,3,H,W]`, in the order of the indices
 */
export async function decodePixels(
  parts: VideoParts,
  video: OpenedVideo,
  indices: readonly number[],
  spec: PreprocessSpec,
  tools: FfmpegTools,
  options: { token: CancellationToken; onFrame(done: number): void },
): Promise<Float32Array> {
  const { width, height } = video.facts;
  const step = Math.max(1, Math.min(framesAtOnce, Math.floor(frameBytes / Math.max(1, width * height * 3))));
  const frameSize = 3 * spec.width * spec.height;
  const pixels = new Float32Array(indices.length * frameSize); // [T,3,H,W]
  for (let start = 0; start < indices.length; start += step) {
    const frames = await parts.decode(video, indices.slice(start, start + step), tools, {
      token: options.token,
      onFrame: (done) => options.onFrame(start + done),
    });
    pixels.set(await parts.preprocess(frames, spec, options.token), start * frameSize);
  }
  return pixels;
}
