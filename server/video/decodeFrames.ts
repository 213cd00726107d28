import { availableParallelism } from 'node:os';
import { cancellationSource, type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { decodeStretches, FrameMismatch, type PictureSize, type RgbFrame } from './decodeStretches.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { movedBack, planDecoding, shareStretches, stretchFromStart } from './planDecoding.js';
import type { ProbedVideo } from './probeVideo.js';
import { asError } from './runTool.js';

export type { RgbFrame } from './decodeStretches.js';

export interface DecodeOptions {
  token?: CancellationToken;
  /** Called after each decoded frame; `total` counts different frames. */
  onFrame?: (done: number, total: number) => void;
  /** What a jump to a key frame costs, in seconds of decoding; 0 jumps whenever a key frame lies between. */
  secondsPerJump?: number;
  /** Longer side of the pictures in pixels; larger ones are scaled down, smaller ones stay. Left out: as displayed. */
  maxSide?: number;
  /** Where no key frame leads to a frame, it is not looked for from the beginning of the file: that may take long. */
  impatient?: boolean;
}

/** Bytes of pixels that {@link decodeFrames} holds at once. */
const maxPixelBytes = 2 ** 31;
/** Inputs of one run of ffmpeg: each keeps a decoder with its pictures. */
const stretchesPerRun = 8;
const usualSecondsPerJump = 0.04;

/**
 * Decodes frames by number: exactly the frames that a full decode would number so, whatever the frame rate,
 * B-frames, edit lists or rotation. Pixels are as displayed (rotated, cropped), 8-bit RGB, not scaled unless asked for.
 *
 * @param indices repeats allowed; a repeated frame is decoded once and its pixels are shared
 * @returns one frame per index, in the order of `indices`
 * @throws FramePlanInvalid (no such frame), VideoTruncated, VideoTooLarge, FfmpegFailed, RequestCancelled
 */
export async function decodeFrames(
  video: ProbedVideo,
  indices: readonly number[],
  tools: FfmpegTools,
  options: DecodeOptions = {},
): Promise<RgbFrame[]> {
  const size = outputSize(video, options.maxSide);
  const pixelBytes = new Set(indices).size * size.width * size.height * 3;
  if (pixelBytes > maxPixelBytes) {
    throw new VideoChatError(ErrorCode.VideoTooLarge, phrase`These frames need ${Math.ceil(pixelBytes / 2 ** 20)} MiB of memory.`, {
      hint: 'Ask for fewer frames at once, or convert the clip to a smaller one.',
    });
  }
  const frames = new Map<number, RgbFrame>();
  await decodeEach(video, indices, tools, options, (frameNumber, frame) => void frames.set(frameNumber, frame));
  return indices.map((index) => {
    const frame = frames.get(index);
    if (!frame) throw cutOff(video, index);
    return frame;
  });
}

/**
 * {@link decodeFrames} without holding the frames: each different one is handed over once, in no particular
 * order, sometimes two at a time; a promise from `onDecoded` holds the decoder back.
 */
export async function decodeEach(
  video: ProbedVideo,
  indices: readonly number[],
  tools: FfmpegTools,
  options: DecodeOptions,
  onDecoded: (frameNumber: number, frame: RgbFrame) => void | Promise<void>,
): Promise<void> {
  throwIfCancelled(options.token);
  const { frameCount, width, height } = video.facts;
  const wanted = [...new Set(indices)].sort((a, b) => a - b);
  const wrong = wanted.find((index) => !Number.isInteger(index) || index < 0 || index >= frameCount);
  if (wrong !== undefined) {
    throw new VideoChatError(ErrorCode.FramePlanInvalid, phrase`The clip has no frame ${wrong}; it has ${frameCount} frames.`, {
      hint: phrase`Frames are counted from 0 to ${frameCount - 1}.`,
    });
  }
  const secondsPerFrame = 0.0002 + width * height * 3e-9;
  const stretches = planDecoding(wanted, video.index, (options.secondsPerJump ?? usualSecondsPerJump) / secondsPerFrame);
  const work = stretches.reduce((sum, stretch) => sum + stretch.cost, 0) * secondsPerFrame;
  const cores = Math.min(4, availableParallelism());
  const runs = Math.max(1, Math.min(cores, Math.round(work / 0.25)));
  const shares = shareStretches(stretches, runs, stretchesPerRun);

  const size = outputSize(video, options.maxSide);
  const done = new Set<number>();
  const take = async (frameNumber: number, frame: RgbFrame): Promise<void> => {
    await onDecoded(frameNumber, frame);
    done.add(frameNumber);
    options.onFrame?.(done.size, wanted.length);
  };
  await atMost(cores, shares, options.token, async (share, token) => {
    const threads = shares.length >= cores ? 1 : Math.ceil(cores / shares.length);
    // Where a seek does not lead to the frame, an earlier key frame may; without any seek it is slow but sure.
    for (const attempt of [share, movedBack(share, video.index), ...(options.impatient ? [] : [undefined])]) {
      const missing = share.flatMap((stretch) => stretch.frames).filter((frame) => !done.has(frame));
      if (missing.length === 0) return;
      const sought = attempt?.some((stretch) => stretch.keyTicks !== undefined) ?? false;
      try {
        await decodeStretches(video, attempt ?? [stretchFromStart(missing, video.index)], tools, { token, threads, size }, take);
        return;
      } catch (error) {
        if (!(error instanceof FrameMismatch)) throw error;
        if (!sought) throw cutOff(video, missing.find((frame) => !done.has(frame)) ?? 0);
      }
    }
    const lost = share.flatMap((stretch) => stretch.frames).find((frame) => !done.has(frame));
    if (lost !== undefined) throw cutOff(video, lost);
  });
}

/** Size of the pictures that come out, in pixels. */
function outputSize({ facts: { width, height } }: ProbedVideo, maxSide = Infinity): PictureSize {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Runs tasks, so many at a time; the first failure cancels the others, and all have ended when this settles. */
async function atMost<T>(
  count: number,
  items: readonly T[],
  outer: CancellationToken | undefined,
  task: (item: T, token: CancellationToken) => Promise<void>,
): Promise<void> {
  const source = cancellationSource();
  const subscription = outer?.onCancellationRequested(() => source.cancel());
  if (outer?.isCancellationRequested) source.cancel();
  const queue = [...items];
  let failure: unknown;
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await task(item, source.token);
      } catch (error) {
        failure ??= error;
        queue.length = 0;
        source.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, work));
  subscription?.dispose();
  source.dispose();
  if (failure !== undefined) throw asError(failure);
}

function cutOff(video: ProbedVideo, frame: number): VideoChatError {
  return new VideoChatError(ErrorCode.VideoTruncated, phrase`Frame ${frame} of ${video.facts.frameCount} cannot be decoded.`, {
    hint: 'The file is damaged or cut off. Copy or download it again.',
    subject: video.facts.path,
  });
}
