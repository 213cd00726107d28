import { join } from 'node:path';
import type { Logger } from '../common/logger.js';
import { cudaCheck } from '../language/cudaCheck.js';
import { cudaFolders, cudaLibraries } from '../language/cudaLibraries.js';
import { tryDevice } from '../language/probeDevice.js';
import { runInChild } from '../language/runInChild.js';
import { findRuntime, moduleFolders } from '../language/runtimeFiles.js';
import { tryProvider } from '../vision/executionProvider.js';
import type { OtherRuntime } from '../vision/sessionHost.js';
import type { Pack } from './packSchema.js';
import { type Finding, judgeBackends, judgeDriver, judgeError, judgeText, works } from './verdict.js';

/** The oldest CUDA that any backend of the packs is built for. */
const leastCuda = 12_000;
const backendName = process.platform === 'win32' ? 'ggml-cuda.dll' : 'libggml-cuda.so';

/** Tests a pack in processes of their own; whatever happens there is a finding. */
export async function probePack({ part }: Pick<Pack, 'part'>, folder: string, logger: Logger, run = runInChild): Promise<Finding> {
  try {
    return await (part === 'language' ? probeLanguage(folder, run) : probeVision(folder, logger, run));
  } catch (error) {
    return judgeError(error);
  }
}

async function probeLanguage(folder: string, run: typeof runInChild): Promise<Finding> {
  const files = findRuntime('cuda', [folder, ...moduleFolders()]);
  if (!files) {
    return { reason: 'changed', detail: '@node-llama-cpp' };
  }
  const backends = [files.folder, ...(files.fallback === undefined ? [] : [files.fallback])].map((each) => join(each, backendName));
  const facts = await cudaCheck(backends, [...cudaLibraries(), files.ggmlBase], run);
  const found = judgeDriver(facts, leastCuda) ?? judgeBackends(facts);
  if (found) {
    return found;
  }
  const { problem, error } = await tryDevice(files);
  return problem === undefined ? works : error === undefined ? judgeText(String(problem)) : judgeError(error);
}

async function probeVision(folder: string, logger: Logger, run: typeof runInChild): Promise<Finding> {
  const found = judgeDriver(await cudaCheck([], [], run), leastCuda);
  if (found) {
    return found;
  }
  const { works: does, reason, error } = await tryProvider('cuda', logger, cudaRuntime(folder));
  return does ? works : error === undefined ? judgeText(String(reason)) : judgeError(error);
}

/** ONNX Runtime of a pack. It looks for CUDA where its installer puts it, too. */
export function cudaRuntime(folder: string, env: NodeJS.ProcessEnv = process.env): OtherRuntime {
  const paths = [env['LD_LIBRARY_PATH'], ...cudaFolders(env)].filter((path) => path !== undefined && path !== '');
  return { path: join(folder, 'onnxruntime-node'), env: paths.length > 0 && process.platform === 'linux' ? { LD_LIBRARY_PATH: paths.join(':') } : {} };
}
