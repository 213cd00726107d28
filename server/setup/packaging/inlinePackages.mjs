import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { packageFolders } from './readBundles.mjs';

/** Programs of a checkout that no editor starts. */
const leftOut = ['bench.mjs'];

/**
 * Bundles the server's programs once more, from `dist/` into `outdir`, with the packages inside that a build
 * for a checkout leaves outside; native ones stay outside.
 *
 * @returns {Promise<string[]>} folders of the packages that went in, relative to the working directory
 */
export async function inlinePackages(dist, outdir, native) {
  const { build } = await import('esbuild');
  const names = (await readdir(dist)).filter((name) => name.endsWith('.mjs') && !leftOut.includes(name));
  const { metafile } = await build({
    entryPoints: names.map((name) => path.join(dist, name)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: [...native, 'ffmpeg-static'],
    // jsonc-parser's other form hides what it requires.
    mainFields: ['module', 'main'],
    // CommonJS packages ask for Node's own modules by `require`.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    legalComments: 'none',
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    logOverride: { 'ignored-bare-import': 'silent' },
    logLevel: 'warning',
  });
  return packageFolders(Object.values(metafile.outputs));
}
