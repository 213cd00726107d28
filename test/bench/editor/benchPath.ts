import { cachePath } from '../../e2e/support/folders.js';

/** A path in the folder that `server/setup/bench.mjs` prepares. */
export function benchPath(...names: string[]): string {
  return cachePath('bench', ...names);
}
