import type { CancellationToken } from '../common/cancellation.js';
import type { FfmpegTools, PreprocessSpec, ProbedVideo, VideoParts } from './engineParts.js';

/**
 * Decodes frames and brings each to the encoder's size as it comes: the memory needed does not grow with
 * the number of frames.
 *
 * @returns pixels `[T,3,H,W]`, in the order of the indices
 */
export async function decodePixels(
  parts: VideoParts,
  video: ProbedVideo,
  indices: readonly number[],
  spec: PreprocessSpec,
  tools: FfmpegTools,
  options: { token: CancellationToken; onFrame(done: number): void },
): Promise<Float32Array> {
  const frameSize = 3 * spec.width * spec.height;
  const pixels = new Float32Array(indices.length * frameSize); // [T,3,H,W]
  await parts.decodeEach(video, indices, tools, options, async (frameNumber, frame) => {
    const prepared = await parts.preprocess([frame], spec, options.token);
    indices.forEach((index, position) => {
      if (index === frameNumber) {
        pixels.set(prepared, position * frameSize);
      }
    });
  });
  return pixels;
}
