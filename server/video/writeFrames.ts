import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, type FramePlan, phrase, VideoChatError } from '../protocol/index.js';
import { decodeEach } from './decodeFrames.js';
import type { RgbFrame } from './decodeStretches.js';
import type { FfmpegTools } from './findFfmpeg.js';
import type { ProbedVideo } from './probeVideo.js';
import { runTool } from './runTool.js';

export interface WriteOptions {
  /** Made if missing. */
  outFolder: string;
  /** Left out: `png`. */
  format?: 'png' | 'jpeg';
  /** Longest side in pixels; larger pictures are scaled down, smaller ones stay. Left out: as decoded. */
  maxSide?: number;
  token?: CancellationToken;
  onFrame?: (done: number, total: number) => void;
}

/** `000_f00018_0.600s.png`: place in the plan, frame number, presentation time. Sorts in plan order. */
export function frameFileName(plan: Pick<FramePlan, 'indices' | 'seconds'>, place: number, format: 'png' | 'jpeg'): string {
  const frame = String(plan.indices[place] ?? 0).padStart(5, '0');
  const seconds = (plan.seconds[place] ?? 0).toFixed(3);
  return `${String(place).padStart(3, '0')}_f${frame}_${seconds}s.${format === 'jpeg' ? 'jpg' : 'png'}`;
}

/**
 * Writes the whole frames of a plan as pictures. They are made in a folder of their own and moved to their names
 * at the end, so that none is ever half written; files of the same names are replaced.
 *
 * @returns absolute paths, in plan order
 * @throws what `decodeFrames` throws, FfmpegFailed when the folder cannot be written
 */
export async function writeFrames(
  video: ProbedVideo,
  plan: Pick<FramePlan, 'indices' | 'seconds'>,
  tools: FfmpegTools,
  options: WriteOptions,
): Promise<string[]> {
  const format = options.format ?? 'png';
  const extension = format === 'jpeg' ? 'jpg' : 'png';
  const outFolder = resolve(options.outFolder);
  // Beside the results, where moving is only renaming; short, lest a plan's pictures be taken for them.
  const work = join(outFolder, `.videochat-${randomUUID().slice(0, 8)}`);
  try {
    await mkdir(work, { recursive: true });
    const order = await encodeFrames(video, plan.indices, tools, options, work, extension);
    const paths: string[] = [];
    for (const [place, index] of plan.indices.entries()) {
      const path = join(outFolder, frameFileName(plan, place, format));
      const made = order.filter(({ frameNumber }) => frameNumber === index).find(({ used }) => !used);
      if (!made) throw notWritten(outFolder, 'a picture is missing');
      made.used = true;
      await rename(join(work, made.file), path);
      paths.push(path);
    }
    return paths;
  } catch (error) {
    if (error instanceof VideoChatError) throw error;
    throw notWritten(outFolder, error instanceof Error && 'code' in error ? String(error.code) : String(error));
  } finally {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }
}

interface MadeFile {
  frameNumber: number;
  file: string;
  used: boolean;
}

/** Pipes decoded frames into one encoder as they come; a frame that the plan repeats is written as often. */
async function encodeFrames(
  video: ProbedVideo,
  indices: readonly number[],
  tools: FfmpegTools,
  options: WriteOptions,
  work: string,
  extension: string,
): Promise<MadeFile[]> {
  const { width, height } = video.facts;
  const made: MadeFile[] = [];
  const frames = new FramePipe();
  const longest = Math.max(width, height);
  const side = options.maxSide === undefined ? longest : Math.max(1, Math.floor(options.maxSide));
  const scaled = (size: number): number => Math.max(1, Math.round((size * side) / longest));
  const filters = side < longest ? ['-vf', `scale=${scaled(width)}:${scaled(height)}:flags=lanczos+accurate_rnd`] : [];
  const encoder = runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostats', '-loglevel', 'error', '-protocol_whitelist', 'pipe', '-f', 'rawvideo'],
      ...['-pix_fmt', 'rgb24', '-video_size', `${width}x${height}`, '-framerate', '25', '-i', 'pipe:0', ...filters],
      ...(extension === 'jpg' ? ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj444p', '-q:v', '2'] : ['-c:v', 'png', '-pix_fmt', 'rgb24']),
      ...['-f', 'image2', '-start_number', '0', `%06d.${extension}`],
    ],
    cwd: work,
    timeoutSeconds: 3600,
    maxOutputBytes: 1 << 16,
    input: frames,
    token: options.token,
    // The decoder holds a place and waits for this one.
    unqueued: true,
  }).finally(() => frames.close());
  // Scaled by the encoder alone, whatever is decoded for.
  const decoder = decodeEach(video, indices, tools, { ...options, maxSide: undefined }, async (frameNumber, frame) => {
    const times = indices.filter((index) => index === frameNumber).length;
    for (let i = 0; i < times; i++) {
      await frames.push(frame, () =>
        made.push({ frameNumber, file: `${String(made.length).padStart(6, '0')}.${extension}`, used: false }),
      );
    }
  }).finally(() => frames.close());
  const [decoded, encoded] = await Promise.allSettled([decoder, encoder]);
  if (decoded.status === 'rejected') throw decoded.reason;
  if (encoded.status === 'rejected') throw encoded.reason;
  if (encoded.value.exitCode !== 0) {
    throw notWritten(options.outFolder, encoded.value.errorText.split('\n').at(-1) ?? '');
  }
  return made;
}

/** Hands frames from the decoder to the encoder, one at a time; a push resolves when the next one is welcome. */
class FramePipe implements AsyncIterable<Uint8Array> {
  private readonly queue: { data: Uint8Array; taken: () => void }[] = [];
  private wake: (() => void) | undefined;
  private closed = false;

  push(frame: RgbFrame, onQueued: () => void): Promise<void> {
    // Nobody reads any more: the encoder has failed, and its error is the one that counts.
    if (this.closed) return Promise.resolve();
    onQueued();
    return new Promise((taken) => {
      this.queue.push({ data: frame.data, taken });
      this.wake?.();
    });
  }

  close(): void {
    this.closed = true;
    this.wake?.();
    this.queue.forEach(({ taken }) => taken());
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    for (;;) {
      const next = this.queue.shift();
      if (next) {
        try {
          yield next.data;
        } finally {
          next.taken();
        }
      } else if (this.closed) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = undefined;
      }
    }
  }
}

function notWritten(outFolder: string, why: string): VideoChatError {
  return new VideoChatError(ErrorCode.FfmpegFailed, phrase`The pictures cannot be written (${why.slice(0, 200)}).`, {
    hint: 'Check that the folder can be written and that there is room.',
    subject: outFolder,
  });
}
