import path from 'node:path';
import { silentLogger } from '../common/logger.js';
import type { ModelEntry } from '../models/discoverModels.js';
import type { SeeingManifest } from '../models/manifest.js';
import { packageRoot } from '../settings.js';
import { runTool } from '../video/runTool.js';
import { VisionEncoder } from '../vision/visionEncoder.js';
import type { BenchResult, BenchSkip } from './benchResult.js';
import { medianTime } from './measure.js';

const frames = 8;
const name = `vision encoder, ${frames} frames: ONNX Runtime on the CPU, against the PyTorch reference`;

/** Both on the CPU with as many threads, through the same architecture; weights do not change the time. */
export async function benchVision(model: ModelEntry & { manifest: SeeingManifest }, threads: number): Promise<BenchResult | BenchSkip> {
  if (model.id !== 'videochat-mini') {
    return { name, skipped: 'The reference is compared at the size of videochat-mini only.' };
  }
  const torch = await timeTorch(threads);
  if (typeof torch === 'string') {
    return { name, skipped: torch };
  }
  const { manifest, folder } = model;
  const encoder = await VisionEncoder.load({ manifest, folder, executionProvider: 'cpu', threads, logger: silentLogger });
  try {
    const { width, height } = manifest.preprocess.video;
    const pixels = Float32Array.from({ length: frames * 3 * height * width }, (_, at) => Math.sin(at)); // [T,3,H,W]
    const onnx = await medianTime(() => encoder.encode(pixels, frames), 10);
    const numbers = [
      { label: 'ONNX Runtime', value: onnx, unit: 'ms' },
      { label: `PyTorch ${torch.version}`, value: torch.milliseconds, unit: 'ms' },
      { label: 'threads', value: threads, unit: 'each' },
    ];
    return { name, ratio: torch.milliseconds / onnx, numbers };
  } finally {
    await encoder.dispose();
  }
}

/** Runs the reference in a Python that has torch; a sentence if there is none. */
async function timeTorch(threads: number): Promise<{ milliseconds: number; version: string } | string> {
  const script = path.join(packageRoot(), 'models', 'reference', 'time_vision.py');
  const args = [script, '--frames', String(frames), '--threads', String(threads)];
  for (const command of [process.env['VIDEOCHAT_PYTHON'], 'python3', '/usr/bin/python3'].filter((each) => each !== undefined)) {
    try {
      const { exitCode, output } = await runTool({ command, args, timeoutSeconds: 300, maxOutputBytes: 1 << 20 });
      if (exitCode === 0) {
        return JSON.parse(output.toString('utf8')) as { milliseconds: number; version: string };
      }
    } catch {
      // Not there; the next one may be.
    }
  }
  return 'No python3 with torch was found (VIDEOCHAT_PYTHON names one).';
}
