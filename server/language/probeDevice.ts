import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { reasonOf } from '../common/phraseError.js';
import { type Phrase, phrase } from '../protocol/index.js';
import { probeModel } from './probeModel.js';
import { runInChild } from './runInChild.js';
import type { RuntimeFiles } from './runtimeFiles.js';
import { structs } from './structs.js';

// Some drivers compile shaders for a minute the first time.
const defaultTimeoutMs = 300_000;

// Plain text rather than a file: it must also run out of a bundle. Device types: 1 GPU, 2 integrated GPU.
const script = `
import fs from 'node:fs';
const { input, marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
const { default: koffi } = await import(input.koffi);
for (const library of input.files.preload ?? []) koffi.load(library);
const base = koffi.load(input.files.ggmlBase, { global: true });
const ggml = koffi.load(input.files.ggml, { global: true });
const llama = koffi.load(input.files.llama);
const p = 'void *';
const [MP, CP, B] = [input.structs.modelParams, input.structs.contextParams, input.structs.batch].map((s) => koffi.struct(s));
const loadBackends = ggml.func('ggml_backend_load_all_from_path', 'void', ['const char *']);
loadBackends(input.files.folder);
llama.func('llama_backend_init', 'void', [])();
const at = ggml.func('ggml_backend_dev_get', p, ['size_t']);
const typeOf = base.func('ggml_backend_dev_type', 'int', [p]);
const nameOf = base.func('ggml_backend_dev_name', 'const char *', [p]);
const count = ggml.func('ggml_backend_dev_count', 'size_t', []);
const memoryOf = base.func('ggml_backend_dev_memory', 'void', [p, 'void *', 'void *']);
const gpus = () => Array.from({ length: Number(count()) }, (_, i) => at(i)).filter((device) => typeOf(device) === 1 || typeOf(device) === 2);
if (gpus().length === 0 && input.files.fallback) loadBackends(input.files.fallback);
const devices = gpus().map((device) => nameOf(device));
const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
if (devices.length > 0) memoryOf(gpus()[0], free, total);
let works = false;
if (devices.length > 0) {
  const mp = llama.func('llama_model_default_params', MP, [])();
  const model = llama.func('llama_model_load_from_file', p, ['const char *', MP])(input.model, { ...mp, n_gpu_layers: 99 });
  const cp = llama.func('llama_context_default_params', CP, [])();
  const context = model && llama.func('llama_init_from_model', p, [p, CP])(model, { ...cp, n_ctx: 64, n_batch: 2, n_ubatch: 2 });
  if (context) {
    const batch = { n_tokens: 2, token: Int32Array.of(1, 2), embd: null, pos: null, n_seq_id: null, seq_id: null, logits: null };
    const code = llama.func('llama_decode', 'int32_t', [p, B])(context, batch);
    const logits = llama.func('llama_get_logits_ith', p, [p, 'int32_t'])(context, -1);
    works = code === 0 && Array.from(koffi.decode(logits, koffi.array('float', 64))).every(Number.isFinite);
  }
}
fs.writeSync(1, '\\n' + marker + JSON.stringify({ devices, works, freeBytes: Number(free[0]) }) + '\\n');
`;

/** What a try has shown. */
export interface DeviceVerdict {
  /** Undefined where it works. */
  problem?: string | Phrase;
  /** What the problem came as. */
  error?: unknown;
  /** Memory of the first GPU that nobody had taken. */
  freeBytes?: number;
}

const verdicts = new Map<string, Promise<DeviceVerdict>>();

/** Tries a GPU build as {@link probeDevice} does, and remembers nothing. */
export async function tryDevice(files: RuntimeFiles, timeoutMs = defaultTimeoutMs): Promise<DeviceVerdict> {
  const folder = await mkdtemp(path.join(tmpdir(), 'videochat-probe-'));
  try {
    const model = path.join(folder, 'probe.gguf');
    await writeFile(model, probeModel());
    const koffi = pathToFileURL(createRequire(import.meta.url).resolve('koffi')).href;
    const answer = await runInChild(script, { files, structs, model, koffi }, timeoutMs);
    const { devices, works, freeBytes } = answer as { devices: string[]; works: boolean; freeBytes: number };
    if (devices.length === 0) {
      return { problem: phrase`it finds no GPU` };
    }
    return { ...(freeBytes > 0 ? { freeBytes } : {}), ...(works ? {} : { problem: phrase`its first computation fails` }) };
  } catch (error) {
    return { problem: reasonOf(error), error };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Tries a GPU build in a process of its own, since a bad driver kills the process that loads it. The
 * verdict is kept for this process's life, unless `remember` is false.
 *
 * @returns undefined if it works, else why not
 */
export async function probeDevice(
  files: RuntimeFiles,
  options: { remember?: boolean; timeoutMs?: number } = {},
): Promise<string | Phrase | undefined> {
  const { problem } = await (options.remember === false ? tryDevice(files, options.timeoutMs) : rememberedVerdict(files, options.timeoutMs));
  return problem;
}

/** The verdict on a build, tried once in this process's life. */
export function rememberedVerdict(files: RuntimeFiles, timeoutMs?: number): Promise<DeviceVerdict> {
  const verdict = verdicts.get(files.folder) ?? tryDevice(files, timeoutMs);
  verdicts.set(files.folder, verdict);
  return verdict;
}
