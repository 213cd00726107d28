import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../common/logger.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { fitLayers } from './fitLayers.js';
import { Libllama } from './libllama.js';
import { type DeviceVerdict, rememberedVerdict } from './probeDevice.js';
import { runInChild } from './runInChild.js';
import { findRuntime, flavours, type Flavour, moduleFolders } from './runtimeFiles.js';

export interface DeviceRequest {
  path: string;
  device: string;
  gpuLayers: number;
  contextLength: number;
  /** Layers that the model has. */
  layers: number;
  /** Of the model's file, and of its embeddings. */
  bytes: number;
  width: number;
  logger: Logger;
  /** Folder of a GPU pack that is proven and may be used, laid out like one named `node_modules`. */
  packFolder?: (() => Promise<string | undefined>) | undefined;
}

export interface DeviceChoice {
  /** The build to load. */
  flavour: Flavour;
  /** What the model runs on: `cpu`, or the build's GPU. */
  device: Flavour;
  gpuLayers: number;
  /** Where the build is looked for. */
  searched?: readonly string[];
}

const adviceTimeoutMs = 120_000;

// node-llama-cpp tests builds in forked processes and knows how many layers fit; it runs in a child,
// since two builds of libllama do not share a process.
const adviceScript = `
import fs from 'node:fs';
const { input, marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
if (input.pack) {
  // node-llama-cpp looks for its builds among the installed packages; that of a GPU pack lies elsewhere.
  const hook = 'export const resolve = (name, context, next) => { const file = ' + JSON.stringify(input.pack) + '[name]; return file ? { url: file, shortCircuit: true } : next(name, context); };';
  (await import('node:module')).register('data:text/javascript,' + encodeURIComponent(hook));
}
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
export async function askNodeLlamaCpp(request: DeviceRequest, gpu: string | false, packFolder?: string): Promise<{ gpu: Flavour; gpuLayers: number }> {
  const module = pathToFileURL(createRequire(import.meta.url).resolve('node-llama-cpp')).href;
  const { path, contextLength, gpuLayers } = request;
  const pack = packFolder === undefined ? undefined : packModules(packFolder);
  const input = { module, path, contextLength, layers: gpuLayers, gpu, pack };
  const answer = (await runInChild(adviceScript, input, adviceTimeoutMs)) as { gpu: string; gpuLayers: number };
  const flavour = flavours.find((name) => name === answer.gpu) ?? 'cpu';
  return { gpu: flavour, gpuLayers: Number.isInteger(answer.gpuLayers) ? answer.gpuLayers : 0 };
}

/** The modules of a pack by the names that node-llama-cpp imports them by. */
function packModules(folder: string): Record<string, string> {
  const home = join(folder, '@node-llama-cpp');
  const names = readdirSync(home);
  return Object.fromEntries(names.map((name) => [`@node-llama-cpp/${name}`, pathToFileURL(join(home, name, 'dist', 'index.js')).href]));
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

async function verdictOn(flavour: Flavour, searched?: readonly string[]): Promise<DeviceVerdict> {
  const files = findRuntime(flavour, searched);
  return files ? rememberedVerdict(files) : { problem: phrase`it is not installed` };
}

async function whyNot(flavour: Flavour): Promise<string | Phrase | undefined> {
  return (await verdictOn(flavour)).problem;
}

/** Node-llama-cpp's advice, else what surely fits, else all of them. */
async function layersFor(request: DeviceRequest, flavour: Flavour, freeBytes: number | undefined, packFolder?: string): Promise<number> {
  const { gpuLayers, layers, contextLength, logger } = request;
  if (gpuLayers >= 0) {
    return Math.min(gpuLayers, layers + 1);
  }
  try {
    return (await askNodeLlamaCpp(request, flavour, packFolder)).gpuLayers;
  } catch (error) {
    const fitting = freeBytes === undefined ? layers + 1 : fitLayers(request, contextLength, freeBytes);
    logger.log('warn', `No advice on GPU layers, ${fitting} of them go there: ${String(error)}`);
    return fitting;
  }
}

async function chooseNamed(request: DeviceRequest, flavour: Flavour): Promise<DeviceChoice> {
  if (Libllama.current && Libllama.current !== flavour) {
    // Rejects with the sentence that belongs to it.
    await Libllama.load(flavour, request.logger);
  }
  const packFolder = flavour === 'cuda' ? await request.packFolder?.() : undefined;
  const searched = packFolder === undefined ? undefined : [...moduleFolders(), packFolder];
  const { problem, freeBytes } = await verdictOn(flavour, searched);
  if (problem) {
    throw new VideoChatError(ErrorCode.ProviderUnavailable, phrase`The language device ${flavour} does not work here: ${problem}.`, {
      hint: 'Choose the language device `cpu` or `auto`.',
      subject: flavour,
    });
  }
  return { flavour, device: flavour, gpuLayers: await layersFor(request, flavour, freeBytes, packFolder), ...(searched ? { searched } : {}) };
}

/** With a pack that is proven, where this process can still load it and some of the model fits; else undefined. */
async function choosePack(request: DeviceRequest): Promise<DeviceChoice | undefined> {
  const { logger } = request;
  if (Libllama.current && Libllama.current !== 'cuda') {
    return undefined;
  }
  try {
    const packFolder = await request.packFolder?.();
    if (packFolder === undefined) {
      return undefined;
    }
    const searched = [...moduleFolders(), packFolder];
    const { problem, freeBytes } = await verdictOn('cuda', searched);
    if (problem) {
      logger.log('warn', `The GPU pack for language models is left aside: ${problem}.`);
      return undefined;
    }
    const gpuLayers = await layersFor(request, 'cuda', freeBytes, packFolder);
    return gpuLayers > 0 ? { flavour: 'cuda', device: 'cuda', gpuLayers, searched } : undefined;
  } catch (error) {
    logger.log('warn', `The GPU pack for language models is left aside: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function chooseAuto(request: DeviceRequest): Promise<DeviceChoice> {
  const { logger } = request;
  const packed = await choosePack(request);
  if (packed) {
    return packed;
  }
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
 * Chooses the build of libllama and how many layers go to the GPU. `auto` takes a GPU pack that is proven, else follows
 * node-llama-cpp's advice, and falls back to the CPU; a device named by the person works or is refused.
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
