import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What the last build made, and the npm packages whose code is in it, as esbuild.mjs has noted it. The folder would
 * not do: it may hold files of an older build. Nor would source maps: a package that brings its own is not in them.
 *
 * @param {string} root of the checkout
 * @param {RegExp} wanted names of bundles relative to it, with slashes
 * @returns {Promise<{ bundles: string[], folders: string[] }>} relative to the checkout; absolute
 */
export async function readBundles(root, wanted) {
  const outputs = JSON.parse(await readFile(path.join(root, 'dist', 'inputs.json'), 'utf8'));
  const bundles = Object.keys(outputs).filter((name) => wanted.test(name));
  const folders = packageFolders(bundles.map((name) => outputs[name]));
  return { bundles: bundles.map((name) => path.normalize(name)), folders: folders.map((folder) => path.join(root, folder)) };
}

/**
 * @param {{ inputs: Record<string, { bytesInOutput: number }> }[]} outputs of esbuild's metafile
 * @returns {string[]} folders of npm packages, as esbuild names them
 */
export function packageFolders(outputs) {
  const used = outputs.flatMap(({ inputs }) => Object.entries(inputs)).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const folders = used.map(([input]) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))];
}
