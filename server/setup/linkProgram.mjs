import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './project.mjs';

/**
 * Puts `videochat` into `node_modules/.bin`, so that `npx videochat` in a checkout runs the checkout's own
 * build. npx by itself links the package into a cache, and keeps a broken link if it ran before the build.
 */
export async function linkProgram(folder = root) {
  const link = path.join(folder, 'node_modules', '.bin', 'videochat');
  if (existsSync(link)) {
    return;
  }
  const target = path.join('..', '..', 'dist', 'videochat.mjs');
  if (process.platform === 'win32') {
    await writeFile(link, '');
    await writeFile(`${link}.cmd`, `@node "%~dp0\\${target}" %*\r\n`);
  } else {
    await symlink(target, link);
  }
}
