import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupError, root, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';

const inputs = ['esbuild.mjs', 'package-lock.json', 'tsconfig.json'];
const sourceFolders = ['server', 'extension', 'webview'];
// Plugins of the build are modules beside the sources.
const sourceName = /\.(ts|tsx|css|mjs)$/;

/**
 * Bundles with esbuild when the sources differ from those `dist/` was made of. Content is compared, not
 * times: a checkout of another branch and back costs nothing.
 *
 * @returns {Promise<boolean>} whether anything was built
 */
export async function buildOutput(folder = root) {
  const stampFile = path.join(folder, 'dist', '.sources');
  const stamp = await hashSources(folder);
  const known = existsSync(stampFile) ? JSON.parse(await readFile(stampFile, 'utf8')) : undefined;
  if (known?.stamp === stamp && known.outputs.every((name) => existsSync(path.join(folder, 'dist', name)))) {
    return false;
  }
  say('Building …');
  const { code, output } = await runProcess(process.execPath, ['esbuild.mjs'], { cwd: folder });
  if (code !== 0) {
    throw new SetupError(`the build failed.\n${output}`);
  }
  await mkdir(path.dirname(stampFile), { recursive: true });
  const outputs = (await readdir(path.dirname(stampFile))).filter((name) => /\.[cm]js$/.test(name));
  await writeFile(stampFile, JSON.stringify({ stamp, outputs }));
  return true;
}

async function hashSources(folder) {
  const hash = createHash('sha256');
  const files = [...inputs];
  for (const name of sourceFolders.filter((each) => existsSync(path.join(folder, each)))) {
    const found = await readdir(path.join(folder, name), { recursive: true, withFileTypes: true });
    for (const entry of found.filter((each) => each.isFile() && sourceName.test(each.name))) {
      files.push(path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
    }
  }
  for (const file of files.sort()) {
    hash.update(`${file}\0`).update(await readFile(path.join(folder, file)));
  }
  return hash.digest('hex');
}
