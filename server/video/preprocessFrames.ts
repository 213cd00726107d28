import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { decodeEach, type DecodeOptions } from './decodeFrames.js';
import type { RgbFrame } from './decodeStretches.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { picturesPerFrame, preprocessFrame, type PreprocessSpec } from './preprocessFrame.js';
import type { PreprocessJob, PreprocessReply } from './preprocessWorker.js';
import type { ProbedVideo } from './probeVideo.js';

export type { PreprocessSpec } from './preprocessFrame.js';

/**
 * Resizes, crops and normalises frames as PIL and torchvision do, off the event loop.
 *
 * @returns [T,3,H,W] float32; with tiles T counts them
 */
export async function preprocessFrames(
  frames: readonly RgbFrame[],
  spec: PreprocessSpec,
  token?: CancellationToken,
): Promise<Float32Array> {
  const size = picturesPerFrame(spec) * 3 * spec.width * spec.height;
  const pixels = new Float32Array(frames.length * size); // [T,3,H,W]
  for (const [i, frame] of frames.entries()) {
    throwIfCancelled(token);
    pixels.set(await preprocessOne(frame, spec), i * size);
  }
  return pixels;
}

/**
 * Decodes frames and preprocesses each as it comes, so that only a few whole pictures are in memory.
 *
 * @param indices frame numbers, repeats allowed
 * @returns [T,3,H,W] float32 in the order of `indices`
 * @throws what `decodeFrames` throws
 */
export async function decodeAndPreprocess(
  video: ProbedVideo,
  indices: readonly number[],
  spec: PreprocessSpec,
  tools: FfmpegTools,
  options: DecodeOptions = {},
): Promise<Float32Array> {
  const size = picturesPerFrame(spec) * 3 * spec.width * spec.height;
  const pixels = new Float32Array(indices.length * size); // [T,3,H,W]
  await decodeEach(video, indices, tools, options, async (frameNumber, frame) => {
    const one = await preprocessOne(frame, spec);
    indices.forEach((index, i) => {
      if (index === frameNumber) pixels.set(one, i * size);
    });
  });
  return pixels;
}

/** The built worker beside the bundle. Run from TypeScript sources there is none. */
const workerPath = fileURLToPath(new URL('./preprocessWorker.mjs', import.meta.url));
let thread: PreprocessThread | undefined;

async function preprocessOne(frame: RgbFrame, spec: PreprocessSpec): Promise<Float32Array> {
  thread ??= existsSync(workerPath) ? new PreprocessThread(workerPath) : undefined;
  if (thread) {
    return thread.run(frame, spec);
  }
  // Frame by frame on this thread: short steps, with the event loop in between.
  await setImmediate();
  return preprocessFrame(frame, spec);
}

/** One worker thread; a new one is started after a crash. It does not keep the process alive. */
class PreprocessThread {
  private worker: Worker | undefined;
  private nextId = 0;
  private readonly waiting = new Map<number, { resolve: (pixels: Float32Array) => void; reject: (error: unknown) => void }>();

  constructor(private readonly path: string) {}

  run(frame: RgbFrame, spec: PreprocessSpec): Promise<Float32Array> {
    const worker = (this.worker ??= this.start());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, frame, spec } satisfies PreprocessJob);
    });
  }

  private start(): Worker {
    // What a thread prints would be this process's output, which may be the protocol.
    const worker = new Worker(this.path, { stdout: true, stderr: true });
    const fail = (error: unknown): void => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.waiting.forEach(({ reject }) => reject(error));
      this.waiting.clear();
    };
    worker.on('message', (reply: PreprocessReply) => {
      const waiting = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if (this.waiting.size === 0) worker.unref();
      if ('pixels' in reply) {
        waiting?.resolve(reply.pixels);
      } else {
        waiting?.reject(new Error(`Preprocessing failed: ${reply.problem}`));
      }
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`The preprocessing thread ended with code ${code}.`)));
    return worker;
  }
}
