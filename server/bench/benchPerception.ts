import path from 'node:path';
import { silentLogger } from '../common/logger.js';
import { onnxRuntimePath } from '../common/onnxRuntimePath.js';
import { findPerceptionModels } from '../perception/models/findPerceptionModels.js';
import { sightKinds } from '../perception/observations.js';
import { graphOpener, type OpenGraph } from '../perception/openGraph.js';
import { voiceSampleRate } from '../perception/perception.js';
import { PerceptionHost } from '../perception/perceptionHost.js';
import { PerceptionProcessModels } from '../perception/perceptionProcessModels.js';
import { packageRoot } from '../settings.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { runTool } from '../video/runTool.js';
import type { BenchResult } from './benchResult.js';
import { timeOnce } from './measure.js';

const rounds = 12;
const size = { width: 960, height: 720 };
const soundSeconds = 60;
const frameName = 'perception of a frame: the process that looks, against its models alone';
const soundName = 'voices in a minute of sound: the process that hears, against its model alone';

/**
 * A street with several people and two lines of text, as large as frames get; and a minute of speech. Models alone: the
 * time in ONNX Runtime, on the same tensors. The process: from pixels to sights, its answer included.
 */
export async function benchPerception(tools: FfmpegTools, threads: number): Promise<BenchResult[]> {
  const spent: Record<string, number> = {};
  const busy = { milliseconds: 0 };
  const models = await findPerceptionModels([], silentLogger);
  const alone = new PerceptionProcessModels(timed(graphOpener(onnxRuntimePath()), spent, busy));
  for (const { manifest, paths } of models) {
    await alone.open({ manifest, files: paths, threads });
  }
  const host = await PerceptionHost.open({ modelFolders: [], threads, logger: silentLogger });
  try {
    const frame = { ...size, data: await street(tools) };
    const times: Record<string, number[]> = {};
    const note = (label: string, milliseconds: number): unknown => (times[label] ??= []).push(milliseconds);
    // By turns: what else the machine does meets both.
    for (let round = 0; round <= rounds; round++) {
      const whole = await timeOnce(() => host.look(frame, sightKinds));
      Object.keys(spent).forEach((graph) => (spent[graph] = 0));
      busy.milliseconds = 0;
      const before = cpuTime();
      const here = await timeOnce(() => alone.look({ frame, kinds: sightKinds }));
      const busyHere = cpuTime() - before;
      if (round > 0) {
        note('models, CPU time', busy.milliseconds);
        note('pixels and results, CPU time', busyHere - busy.milliseconds);
        note('process', whole);
        note('pixels and results', here - sum(spent));
        note('models', sum(spent));
        Object.entries(spent).forEach(([graph, milliseconds]) => note(graph, milliseconds));
      }
    }
    const sound = await speech(tools);
    for (let round = 0; round <= 3; round++) {
      const whole = await timeOnce(() => host.listen().hear(sound));
      Object.keys(spent).forEach((graph) => (spent[graph] = 0));
      busy.milliseconds = 0;
      await alone.hear({ samples: sound });
      if (round > 0) {
        note('voice model, CPU time', busy.milliseconds);
        note('hearing', whole);
        note('voice model', sum(spent));
      }
    }
    // What else the machine does only adds to a time.
    const least = (label: string): number => Math.min(...(times[label] ?? []));
    const number = (label: string, milliseconds = least(label)) => ({ label, value: milliseconds, unit: 'ms' });
    const graphs = Object.keys(times).filter((label) => label.endsWith('.onnx') && least(label) > 0);
    return [
      {
        name: frameName,
        ratio: least('models') / least('process'),
        numbers: [number('process'), number('models'), number('pixels and results'), number('models, CPU time'), number('pixels and results, CPU time'), ...graphs.map((label) => number(label)), { label: 'threads', value: threads, unit: 'each' }],
      },
      { name: soundName, ratio: least('voice model') / least('hearing'), numbers: [number('hearing'), number('voice model'), number('voice model, CPU time')] },
    ];
  } finally {
    await host.dispose();
  }
}

/** Of this process, all threads: on a machine that is shared it says more than the time that passes. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000; // ms
}

/** Adds up how long each graph runs, and what that costs. */
function timed(open: OpenGraph, spent: Record<string, number>, busy: { milliseconds: number }): OpenGraph {
  return async (file, threads) => {
    const run = await open(file, threads);
    const graph = path.basename(file);
    return async (inputs) => {
      const before = cpuTime();
      const start = performance.now();
      const outputs = await run(inputs);
      spent[graph] = (spent[graph] ?? 0) + performance.now() - start;
      busy.milliseconds += cpuTime() - before;
      return outputs;
    };
  };
}

const sum = (times: Record<string, number>): number => Object.values(times).reduce((total, each) => total + each, 0);
const fixture = (name: string): string => path.join(packageRoot(), 'test', 'fixtures', 'perception', name);

async function street({ ffmpeg }: FfmpegTools): Promise<Uint8Array> {
  const text = (words: string, y: number): string => `drawtext=text='${words}':fontsize=36:fontcolor=white:box=1:boxcolor=black:x=40:y=${y}`;
  const filters = [`scale=${size.width}:${size.height}`, text('Platform 7 to Cambridge', 30), text('Mind the gap', 640)].join(',');
  return read(ffmpeg, ['-i', fixture('campus.jpg'), '-frames:v', '1', '-vf', filters, '-f', 'rawvideo', '-pix_fmt', 'rgb24']);
}

async function speech({ ffmpeg }: FfmpegTools): Promise<Float32Array> {
  const args = ['-stream_loop', '-1', '-i', fixture('speech.flac'), '-t', String(soundSeconds), '-ac', '1', '-ar', String(voiceSampleRate), '-f', 'f32le'];
  const bytes = await read(ffmpeg, args);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
}

async function read(ffmpeg: string, args: string[]): Promise<Buffer> {
  const { exitCode, output, errorText } = await runTool({ command: ffmpeg, args: ['-v', 'error', ...args, 'pipe:1'], timeoutSeconds: 60, maxOutputBytes: 1 << 28 });
  if (exitCode !== 0) {
    throw new Error(errorText);
  }
  return output;
}
