import { commonJsParts } from './commonJsParts.mjs';

/**
 * The extension, as VS Code loads it: CommonJS, from a package without node_modules of its own.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const extensionBundle = {
  entryPoints: { extension: 'extension/main.ts' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  packages: 'bundle',
  external: ['vscode'],
  // jsonc-parser's other form hides what it requires.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  plugins: [commonJsParts()],
};
