import path from 'node:path';
import { root } from '../project.mjs';

/**
 * Bundles the tests that run inside the editor's extension host, and says where.
 *
 * @returns {Promise<string>} path of the bundle; it exports `run`
 */
export async function bundleInProcessTests() {
  const { build } = await import('esbuild');
  const outfile = path.join(root, '.cache', 'e2e', 'inprocess', 'run.cjs');
  await build({
    entryPoints: [path.join(root, 'test', 'e2e', 'inprocess', 'run.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Mocha loads parts of itself by name; it is found from the checkout's cache folder.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}
