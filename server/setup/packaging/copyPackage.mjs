import { copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { SetupError } from '../project.mjs';
import { nativeFormat } from './nativeFormat.mjs';
import { unmetNeeds } from './runtimePackages.mjs';

/**
 * Copies what the server takes of an npm package.
 *
 * @param {string} source the package's folder
 * @param {string} to
 * @param {{ name: string, files: RegExp, needs: Record<string, RegExp> }} wanted by `runtimePackages`
 * @param {import('./targets.mjs').Target} target
 * @throws SetupError if the package has nothing for the target, or native files for another one
 */
export async function copyPackage(source, to, { name, files, needs }, target) {
  const { version } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
  const label = `${name} ${version}`;
  const system = `${target.os}-${target.cpu}`;
  const found = await readdir(source, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(source, path.join(entry.parentPath ?? entry.path, entry.name)).split(path.sep).join('/'))
    .filter((each) => files.test(each));
  const [unmet] = unmetNeeds(needs, names);
  if (unmet !== undefined) {
    throw new SetupError(`${label} has no files for ${system}: there is no ${unmet} in it.`);
  }
  for (const each of names) {
    const format = await nativeFormat(path.join(source, each));
    if (format && !fits(format, target)) {
      throw new SetupError(`${each} of ${label} is for ${format.os}-${format.cpus.join('+')}, not for ${system}.`);
    }
    await mkdir(path.dirname(path.join(to, each)), { recursive: true });
    await copyFile(path.join(source, each), path.join(to, each));
  }
}

/** @param {import('./nativeFormat.mjs').NativeFormat} format */
export function fits(format, { os, cpu }) {
  return format.os === os && format.cpus.includes(cpu);
}
