import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../common/logger.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { Libllama } from './libllama.js';
import { probeDevice } from './probeDevice.js';
import { runInChild } from './runInChild.js';
import { findRuntime, flavours, type Flavour, type RuntimeFiles } from './runtimeFiles.js';

export interface DeviceRequest {
  path: string;
  device: string;
  gpuLayers: number;
  contextLength: number;
  /** Layers that the model has. */
  layers: number;
  logger: Logger;
}

export interface DeviceChoice {
  /** The build to load. */
  flavour: Flavour;
  /** What the model runs on: `cpu`, or the build's GPU. */
  device: Flavour;
  gpuLayers: number;
}

const adviceTimeoutMs = 120_000;

// node-llama-cpp tests builds in forked processes and knows how many layers fit; it runs in a child,
// since two builds of libllama do not share a process.
const adviceScript = `
import fs from 'node:fs';
const { input, marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
const { getLlama, readGgufFileInfo, GgufInsights } = await import(input.module);
const llama = await getLlama({ gpu: input.gpu, build: 'never', progressLogs: false, logLevel: 'disabled' });
let gpuLayers = 0;
if (llama.gpu) {
  const insights = await GgufInsights.from(await readGgufFileInfo(input.path), llama);
  const wish = input.layers < 0 ? { fitContext: { contextSize: input.contextLength } } : input.layers;
  gpuLayers = await insights.configurationResolver.resolveModelGpuLayers(wish, { ignoreMemorySafetyChecks: input.layers >= 0 });
}
fs.writeSync(1, '\\n' + marker + JSON.stringify({ gpu: llama.gpu || 'cpu', gpuLayers }) + '\\n');
`;

/**
 * What node-llama-cpp would choose on this machine.
 *
 * @param gpu the build to ask about; `auto` for the best, false for the CPU
 * @throws Error if it finds no build that works
 */
export async function askNodeLlamaCpp(request: DeviceRequest, gpu: string | false): Promise<{ gpu: Flavour; gpuLayers: number }> {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('node-llama-cpp')).href;
  const { path, contextLength, gpuLayers } = request;
  const input = { module, path, contextLength, layers: gpuLayers, gpu };
  const answer = (await runInChild(adviceScript, input, adviceTimeoutMs)) as { gpu: string; gpuLayers: number };
  const flavour = flavours.find((name) => name === answer.gpu) ?? 'cpu';
  return { gpu: flavour, gpuLayers: Number.isInteger(answer.gpuLayers) ? answer.gpuLayers : 0 };
}

/** False where asking would be a waste of seconds: Linux without any GPU device file. */
function gpuConceivable(): boolean {
  if (process.platform !== 'linux') {
    return true;
  }
  const nodes = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  return nodes.some((name) => name.startsWith('render')) || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
}

function onCpu(): DeviceChoice {
  // Any build can compute on the CPU, so one that is already loaded serves.
  return { flavour: Libllama.current ?? 'cpu', device: 'cpu', gpuLayers: 0 };
}

async function whyNot(flavour: Flavour): Promise<string | Phrase | undefined> {
  const files: RuntimeFiles | undefined = findRuntime(flavour);
  return files ? probeDevice(files) : phrase`it is not installed`;
}

async function chooseNamed(request: DeviceRequest, flavour: Flavour): Promise<DeviceChoice> {
  if (Libllama.current && Libllama.current !== flavour) {
    // Rejects with the sentence that belongs to it.
    await Libllama.load(flavour, request.logger);
  }
  const problem = await whyNot(flavour);
  if (problem) {
    throw new VideoChatError(ErrorCode.ProviderUnavailable, phrase`The language device ${flavour} does not work here: ${problem}.`, {
      hint: 'Choose the language device `cpu` or `auto`.',
      subject: flavour,
    });
  }
  if (request.gpuLayers >= 0) {
    return { flavour, device: flavour, gpuLayers: Math.min(request.gpuLayers, request.layers + 1) };
  }
  try {
    const { gpuLayers } = await askNodeLlamaCpp(request, flavour);
    return { flavour, device: flavour, gpuLayers };
  } catch (error) {
    request.logger.log('warn', `No advice on GPU layers, all of them go there: ${String(error)}`);
    return { flavour, device: flavour, gpuLayers: request.layers + 1 };
  }
}

async function chooseAuto(request: DeviceRequest): Promise<DeviceChoice> {
  const { logger } = request;
  if (!gpuConceivable() || Libllama.current === 'cpu') {
    return onCpu();
  }
  try {
    const advice = await askNodeLlamaCpp(request, Libllama.current ?? 'auto');
    if (advice.gpu === 'cpu' || advice.gpuLayers === 0) {
      return onCpu();
    }
    const problem = await whyNot(advice.gpu);
    if (!problem) {
      return { flavour: advice.gpu, device: advice.gpu, gpuLayers: advice.gpuLayers };
    }
    logger.log('warn', `The ${advice.gpu} build is left aside: ${problem}.`);
  } catch (error) {
    logger.log('warn', `No GPU is used for language: ${error instanceof Error ? error.message : String(error)}`);
  }
  return onCpu();
}

/**
 * Chooses the build of libllama and how many layers go to the GPU. `auto` follows node-llama-cpp's
 * advice and falls back to the CPU; a device named by the person works or is refused.
 *
 * @throws InvalidParams for an unknown device name
 * @throws ProviderUnavailable if the named device does not work here, or another build is in use
 */
export async function chooseDevice(request: DeviceRequest): Promise<DeviceChoice> {
  if (request.device === 'cpu' || (request.device === 'auto' && request.gpuLayers === 0)) {
    return onCpu();
  }
  if (request.device === 'auto') {
    return chooseAuto(request);
  }
  const flavour = flavours.find((name) => name === request.device);
  if (!flavour) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no language device “${request.device}”.`, {
      hint: 'Choose auto, cpu, cuda, vulkan or metal.',
    });
  }
  return chooseNamed(request, flavour);
}
