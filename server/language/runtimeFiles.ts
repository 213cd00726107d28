import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cudaLibraries } from './cudaLibraries.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';

/** The struct layouts in {@link ./structs} belong to exactly these versions. */
export const expectedRuntime = { nodeLlamaCpp: '3.22.1', llamaCpp: 'v0.5.0' } as const;

/** Builds of libllama that node-llama-cpp ships, one package each. */
export type Flavour = 'cpu' | 'cuda' | 'vulkan' | 'metal';
export const flavours: readonly Flavour[] = ['cpu', 'cuda', 'vulkan', 'metal'];

/** Absolute paths of one build's shared libraries. */
export interface RuntimeFiles {
  flavour: Flavour;
  folder: string;
  ggmlBase: string;
  ggml: string;
  llama: string;
  /** Folder with the same backend for an older CUDA, tried where that in `folder` finds no GPU. */
  fallback?: string;
  /** Libraries beside the installed system that the backends need, in the order in which they are loaded. */
  preload?: string[];
}

const reinstall = phrase`Run \`npm ci\` again; the native packages must be those of package-lock.json.`;

/** npm names of the packages that may hold a flavour on this platform, best first. */
export function platformPackages(flavour: Flavour, platform: string, arch: string): string[] {
  const system = platform === 'win32' ? 'win' : platform === 'darwin' ? 'mac' : 'linux';
  const base = `${system}-${arch === 'arm' ? 'armv7l' : arch}`;
  // Apple silicon has one package; with no layers on the GPU it is the CPU build.
  return flavour !== 'cpu' ? [`${base}-${flavour}`] : system === 'mac' ? [base, `${base}-metal`] : [base];
}

/** Directories named `node_modules` that this file's imports would search. */
export function moduleFolders(): string[] {
  return createRequire(import.meta.url).resolve.paths('koffi') ?? [];
}

function versionOf(folder: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const version = (parsed as { version?: unknown } | null)?.version;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

function fail(message: Phrase, subject?: string): never {
  throw new VideoChatError(ErrorCode.RuntimeMismatch, message, { hint: reinstall, subject });
}

/** The libraries of a build folder by their role; names carry flavour and version, so the folder is read. */
export function librariesIn(names: readonly string[]): { ggmlBase?: string; ggml?: string; llama?: string } {
  const find = (stem: string) =>
    names.find((name) => new RegExp(`^(lib)?${stem}(\\.[a-z]+)?(\\.v[\\d.]+\\d)?\\.(so|dylib|dll)$`).test(name));
  return { ggmlBase: find('ggml-base'), ggml: find('ggml'), llama: find('llama') };
}

function checkBuild(folder: string): void {
  let release: unknown;
  try {
    const text = readFileSync(path.join(folder, '_nlcBuildMetadata.json'), 'utf8');
    const metadata = JSON.parse(text) as { buildOptions?: { llamaCpp?: { release?: unknown } } } | null;
    release = metadata?.buildOptions?.llamaCpp?.release;
  } catch {
    fail(phrase`The language model runtime has no readable build metadata.`, folder);
  }
  if (release !== expectedRuntime.llamaCpp) {
    fail(phrase`The language model runtime is llama.cpp ${String(release)}, not ${expectedRuntime.llamaCpp}.`, folder);
  }
}

function checkNodeLlamaCpp(searched: readonly string[]): void {
  const folder = searched.map((base) => path.join(base, 'node-llama-cpp')).find(existsSync);
  if (!folder) {
    fail(phrase`The package node-llama-cpp is not installed.`);
  }
  const version = versionOf(folder);
  if (version !== expectedRuntime.nodeLlamaCpp) {
    fail(phrase`node-llama-cpp is version ${version ?? 'unknown'}, not ${expectedRuntime.nodeLlamaCpp}.`, folder);
  }
  const info = path.join(folder, 'llama', 'llama.cpp.info.json');
  if (existsSync(info)) {
    const parsed = JSON.parse(readFileSync(info, 'utf8')) as { tag?: unknown } | null;
    if (parsed?.tag !== expectedRuntime.llamaCpp) {
      fail(phrase`node-llama-cpp was made for llama.cpp ${String(parsed?.tag)}, not ${expectedRuntime.llamaCpp}.`, info);
    }
  }
}

/**
 * Finds a build's libraries in the installed packages and checks their versions, loading nothing.
 *
 * @param searched folders named `node_modules`, nearest first
 * @returns undefined if the flavour is not installed here
 * @throws RuntimeMismatch if it is installed in another version, or damaged
 */
export function findRuntime(flavour: Flavour, searched: readonly string[] = moduleFolders()): RuntimeFiles | undefined {
  checkNodeLlamaCpp(searched);
  for (const name of platformPackages(flavour, process.platform, process.arch)) {
    for (const base of searched) {
      const home = path.join(base, '@node-llama-cpp', name);
      const folder = path.join(home, 'bins', name);
      // The CUDA packages may be empty stand-ins: then the flavour is not installed.
      if (!existsSync(folder)) {
        continue;
      }
      const version = versionOf(home);
      if (version !== expectedRuntime.nodeLlamaCpp) {
        fail(phrase`@node-llama-cpp/${name} is version ${version ?? 'unknown'}, not ${expectedRuntime.nodeLlamaCpp}.`, home);
      }
      checkBuild(folder);
      const found = librariesIn(readdirSync(folder));
      if (!found.ggmlBase || !found.ggml || !found.llama) {
        fail(phrase`@node-llama-cpp/${name} lacks libggml or libllama.`, folder);
      }
      const at = (file: string) => path.join(folder, file);
      const fallback = [path.join(home, 'bins', name, 'fallback'), path.join(`${home}-ext`, 'bins', name, 'fallback')].find(existsSync);
      const files = { flavour, folder, ggmlBase: at(found.ggmlBase), ggml: at(found.ggml), llama: at(found.llama) };
      return { ...files, ...(fallback === undefined ? {} : { fallback }), ...(flavour === 'cuda' ? { preload: cudaLibraries() } : {}) };
    }
  }
  return undefined;
}
