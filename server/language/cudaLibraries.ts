import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What the CUDA builds need of the CUDA runtime, in the order in which it is loaded. */
const needed = ['libcudart', 'libcublasLt', 'libcublas'];

/**
 * The CUDA runtime where its installer puts it, newest first: many leave it out of the folders that the system searches.
 * Windows finds it by itself.
 */
export function cudaFolders(env: NodeJS.ProcessEnv = process.env, root = '/usr/local'): string[] {
  if (process.platform !== 'linux') {
    return [];
  }
  const named = (name: string): number => Number(/^cuda-(\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? 0);
  const names = existsSync(root) ? readdirSync(root).filter((name) => named(name) > 0).sort((a, b) => named(b) - named(a)) : [];
  const homes = [...(env['CUDA_PATH'] ? [env['CUDA_PATH']] : []), ...['cuda', ...names].map((name) => path.join(root, name))];
  const target = process.arch === 'arm64' ? 'sbsa-linux' : 'x86_64-linux';
  return homes.flatMap((home) => [path.join(home, 'targets', target, 'lib'), path.join(home, 'lib64')]).filter((folder) => existsSync(folder));
}

/** Those libraries of the newest version that is whole; none where the system must find them. */
export function cudaLibraries(folders = cudaFolders()): string[] {
  const byVersion = new Map<string, Map<string, string>>();
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      const match = /^(libcudart|libcublasLt|libcublas)\.so\.(\d+)$/.exec(name);
      if (match) {
        const [, stem = '', version = ''] = match;
        const files = byVersion.get(version) ?? new Map<string, string>();
        byVersion.set(version, files.has(stem) ? files : files.set(stem, path.join(folder, name)));
      }
    }
  }
  const [newest] = [...byVersion].filter(([, files]) => files.size === needed.length).sort(([a], [b]) => Number(b) - Number(a));
  return newest ? needed.map((stem) => newest[1].get(stem) ?? '') : [];
}
