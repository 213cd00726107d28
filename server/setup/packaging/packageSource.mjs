import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { npmCommand } from '../installDependencies.mjs';
import { SetupError, root, say } from '../project.mjs';
import { runProcess } from '../runProcess.mjs';

/**
 * A folder with an npm package in the version of `package-lock.json`: the installed one, else, since npm
 * installs no other platform's packages, one fetched into `.cache/packages`.
 *
 * @returns {Promise<string>}
 * @throws SetupError if the registry does not give it, or gives something else than the lock says
 */
export async function packageSource(name, folder = root) {
  const lock = JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8'));
  const locked = lock.packages[`node_modules/${name}`];
  if (!locked?.version) {
    throw new SetupError(`${name} is not in package-lock.json.`);
  }
  const installed = path.join(folder, 'node_modules', name);
  if ((await versionOf(installed)) === locked.version) {
    return installed;
  }
  const cached = path.join(folder, '.cache', 'packages', `${name.replace('/', '+')}-${locked.version}`);
  if ((await versionOf(cached)) !== locked.version) {
    await fetchPackage(name, locked, cached);
  }
  return cached;
}

async function versionOf(folder) {
  const file = path.join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')).version : undefined;
}

async function fetchPackage(name, { version, integrity }, folder) {
  say(`Fetching ${name} ${version} …`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const [command, ...first] = npmCommand();
  const pack = [...first, 'pack', `${name}@${version}`, '--ignore-scripts', '--loglevel=error'];
  const packed = await runProcess(command, pack, { cwd: partial, timeoutMs: 10 * 60_000 });
  const archive = packed.output.split('\n').findLast((line) => line.endsWith('.tgz')) ?? '';
  if (packed.code !== 0 || archive === '') {
    throw new SetupError(`${name}@${version} could not be fetched from the npm registry.\n${packed.output}`);
  }
  // npm has compared the archive with the registry's hash; the lock's counts more where it has one.
  const hash = createHash('sha512').update(await readFile(path.join(partial, archive))).digest('base64');
  if (integrity && integrity !== `sha512-${hash}`) {
    throw new SetupError(`${name}@${version} is not what package-lock.json says: its hash is sha512-${hash}.`);
  }
  const unpacked = await runProcess('tar', ['-xzf', archive], { cwd: partial });
  if (unpacked.code !== 0) {
    throw new SetupError(`${archive} could not be unpacked.\n${unpacked.output}`);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(path.join(partial, 'package'), folder);
  await rm(partial, { recursive: true });
}
