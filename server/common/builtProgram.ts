import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from './packageRoot.js';

/** A built program that runs in a process of its own: the one beside this bundle, from TypeScript sources the one in `dist/`. It may be missing. */
export function builtProgram(name: string): string {
  const beside = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(beside) ? beside : join(packageRoot(), 'dist', name);
}
