import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { onnxRuntimePath } from '../common/onnxRuntimePath.js';
import { writingModels } from '../hub/hubErrors.js';
import type { PackFile } from './packRecord.js';

/**
 * Copies the installed ONNX Runtime into a pack: it looks for its CUDA libraries beside itself only.
 *
 * @throws VideoChatError RuntimeMismatch, DiskFull, ModelNotWritten
 */
export async function addOnnxRuntime(staging: string): Promise<PackFile[]> {
  const main = onnxRuntimePath();
  const runtime = dirname(dirname(main));
  const own = `bin/napi-v6/${process.platform}/${process.arch}/`;
  const isRuntime = (path: string): boolean => path === 'package.json' || /^dist\/.*\.js$/.test(path) || (path.startsWith(own) && !/\.pdb$|providers_/.test(path));
  // Found from there, as the runtime finds it.
  const common = rootOf(createRequire(main).resolve('onnxruntime-common'), 'onnxruntime-common');
  const isCommon = (path: string): boolean => path === 'package.json' || /^dist\/cjs\/.*\.(js|json)$/.test(path);
  return [...(await copyTree(runtime, staging, 'onnxruntime-node', isRuntime)), ...(await copyTree(common, staging, 'node_modules/onnxruntime-common', isCommon))];
}

function rootOf(file: string, name: string): string {
  return file.slice(0, file.lastIndexOf(`${sep}${name}${sep}`) + name.length + 1);
}

async function copyTree(from: string, staging: string, to: string, wanted: (path: string) => boolean): Promise<PackFile[]> {
  const found = await readdir(from, { recursive: true, withFileTypes: true });
  const names = found.filter((entry) => entry.isFile()).map((entry) => relative(from, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const files: PackFile[] = [];
  for (const name of names.filter(wanted)) {
    const place = join(staging, ...to.split('/'), ...name.split('/'));
    await writingModels(place, async () => {
      await mkdir(dirname(place), { recursive: true });
      await copyFile(join(from, ...name.split('/')), place);
    });
    const bytes = await readFile(place);
    files.push({ path: `${to}/${name}`, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return files;
}
