import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Lets esbuild make CommonJS of several files: what `import()` loads is a file of its own, and what two files need is in
 * a third one, so that each module is there once. esbuild splits ECMAScript modules only; each of them is translated here.
 *
 * @returns {import('esbuild').Plugin}
 */
export function commonJsParts() {
  return {
    name: 'commonjs-parts',
    setup({ initialOptions, esbuild, onEnd }) {
      const { target, platform, minify } = initialOptions;
      // Names without hashes: nothing of an older build is left behind. Two shared files would be an error of the build.
      Object.assign(initialOptions, { format: 'esm', splitting: true, chunkNames: '[name]', outExtension: { '.js': '.cjs' }, sourcemap: 'inline', write: false });
      onEnd(async ({ outputFiles = [] }) => {
        for (const file of outputFiles) {
          const { code, map } = await esbuild.transform(file.text, {
            ...{ target, platform, minify, format: 'cjs', legalComments: 'none' },
            ...{ sourcefile: path.basename(file.path), sourcemap: 'external', sourcesContent: false },
            // The editor hands `vscode` to what is required, not to what Node imports.
            supported: { 'dynamic-import': false },
          });
          await mkdir(path.dirname(file.path), { recursive: true });
          await writeFile(file.path, `${code}//# sourceMappingURL=${path.basename(file.path)}.map\n`);
          await writeFile(`${file.path}.map`, map);
        }
      });
    },
  };
}
