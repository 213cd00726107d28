import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetupError, root, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';

const stampName = '.videochat-setup.json';

/**
 * Runs `npm ci` when `node_modules` is missing or belongs to another `package-lock.json` or platform.
 *
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function installDependencies(folder = root) {
  const modules = path.join(folder, 'node_modules');
  const lock = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
  const stamp = JSON.stringify({
    lock: createHash('sha256').update(lock).digest('hex'),
    platform: `${process.platform}-${process.arch}`,
  });
  const stampFile = path.join(modules, stampName);
  if ((await readIfThere(stampFile)) === stamp) {
    return false;
  }
  if (!existsSync(stampFile) && (await isInstalled(modules, JSON.parse(lock)))) {
    await writeFile(stampFile, stamp);
    return false;
  }
  say('Installing packages (npm ci) …');
  const [command, ...first] = npmCommand();
  const { code } = await runProcess(command, [...first, 'ci', '--no-progress'], { cwd: folder, toStderr: true });
  if (code !== 0) {
    throw new SetupError(
      'npm ci failed (see above). It needs the npm registry and about 1 GB of disk; behind a proxy set `npm config set proxy …`.',
    );
  }
  await writeFile(stampFile, stamp);
  return true;
}

/** Whether someone already ran `npm ci` by hand: each package the lock requires is there in its version. */
async function isInstalled(modules, lock) {
  const hidden = await readIfThere(path.join(modules, '.package-lock.json'));
  if (hidden === undefined) {
    return false;
  }
  const installed = JSON.parse(hidden).packages;
  return Object.entries(lock.packages).every(
    ([where, { version, optional }]) => where === '' || optional || installed[where]?.version === version,
  );
}

/** The npm that runs us, started without a shell; else the one on PATH. */
export function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.[cm]?js$/.test(running)) {
    return [process.execPath, running];
  }
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', 'npm'] : ['npm'];
}

async function readIfThere(file) {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
