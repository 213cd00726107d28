import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { runInChild } from './runInChild.js';

/** What NVIDIA's driver says of itself, and whether libraries can be loaded beside it. */
export interface CudaFacts {
  /** Why the driver's library cannot be loaded, in the words of the system. */
  driverError?: string;
  /** What `cuInit` answers: 0 is success. */
  init?: number;
  /** The newest CUDA that the driver knows, e.g. 13000. */
  version?: number;
  devices?: number;
  /** Of each backend that was tried: the words of the system, or nothing where it could be loaded. */
  backends: { file: string; error?: string }[];
}

/** Codes of `cuInit`. */
export const cudaCodes = { outOfMemory: 2, noDevice: 100, insufficientDriver: 35, driverMismatch: 803 } as const;

const timeoutMs = 60_000;

// Plain text rather than a file: it must also run out of a bundle.
export const cudaCheckScript = `
import fs from 'node:fs';
const { input, marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
const { default: koffi } = await import(input.koffi);
const answer = { backends: [] };
try {
  const cuda = koffi.load(process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1');
  answer.init = cuda.func('cuInit', 'int', ['uint32_t'])(0);
  const ask = (name) => { const out = new Int32Array(1); return cuda.func(name, 'int', ['void *'])(out) === 0 ? out[0] : undefined; };
  answer.version = ask('cuDriverGetVersion');
  answer.devices = answer.init === 0 ? ask('cuDeviceGetCount') : 0;
} catch (error) {
  answer.driverError = String(error.message ?? error);
}
if (answer.init === 0) {
  const load = (file) => { try { koffi.load(file); return {}; } catch (error) { return { error: String(error.message ?? error) }; } };
  for (const file of input.before) load(file);
  for (const file of input.backends) answer.backends.push({ file, ...load(file) });
}
fs.writeSync(1, '\\n' + marker + JSON.stringify(answer) + '\\n');
`;

/**
 * Asks the driver, in a process of its own: a driver that does not fit its card or kernel kills the process that loads it.
 *
 * @param before loaded first, whether they can be or not
 * @throws ChildFailure
 */
export async function cudaCheck(backends: readonly string[], before: readonly string[], run = runInChild): Promise<CudaFacts> {
  const koffi = pathToFileURL(createRequire(import.meta.url).resolve('koffi')).href;
  return (await run(cudaCheckScript, { koffi, backends, before }, timeoutMs)) as CudaFacts;
}
