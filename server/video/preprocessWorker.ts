// Entry point of a worker thread; built to `preprocessWorker.mjs` beside the bundle that starts it.
import { parentPort } from 'node:worker_threads';
import { preprocessFrame, type PreprocessSpec } from './preprocessFrame.js';
import type { RgbFrame } from './decodeStretches.js';

/** To the worker. */
export interface PreprocessJob {
  id: number;
  frame: RgbFrame;
  spec: PreprocessSpec;
}

/** From the worker; `pixels` is [3,H,W]. */
export type PreprocessReply = { id: number; pixels: Float32Array } | { id: number; problem: string };

const port = parentPort;
port?.on('message', ({ id, frame, spec }: PreprocessJob) => {
  try {
    const pixels = preprocessFrame(frame, spec);
    port.postMessage({ id, pixels } satisfies PreprocessReply, [pixels.buffer as ArrayBuffer]);
  } catch (error) {
    port.postMessage({ id, problem: String(error) } satisfies PreprocessReply);
  }
});
