import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { SetupError, say } from '../project.mjs';
import { fits } from './copyPackage.mjs';
import { nativeFormat } from './nativeFormat.mjs';

/** Where the packaged server looks for its own pair, beside its bundle. */
export const ffmpegFolder = 'dist/ffmpeg';

const licenceName = /licen[sc]e|copying|gpl/i;
const sourceName = /source|readme/i;

/**
 * Puts an ffmpeg and an ffprobe into a package, with the texts that their licence asks for.
 *
 * @param {string} folder with both programs, the text of their licence (a file called LICENSE, COPYING or GPL…) and
 *   a text that says where their source code is (SOURCE… or README…)
 * @param {string} to
 * @param {import('./targets.mjs').Target} target
 * @returns {Promise<string>} what the notices of the package say about them
 * @throws SetupError if something is missing, for another system, or may not be passed on
 */
export async function addFfmpeg(folder, to, target) {
  const names = existsSync(folder) ? await readdir(folder) : [];
  const programs = ['ffmpeg', 'ffprobe'].map((name) => (target.os === 'win32' ? `${name}.exe` : name));
  const texts = names.filter((name) => !programs.includes(name) && /^[\w.-]+$/.test(name));
  const licences = texts.filter((name) => licenceName.test(name));
  const sources = texts.filter((name) => sourceName.test(name) && !licenceName.test(name));
  for (const program of programs.filter((name) => !names.includes(name))) {
    throw new SetupError(`There is no ${program} in ${folder}.`);
  }
  if (licences.length === 0 || sources.length === 0) {
    throw new SetupError(
      `${folder} has no text of ffmpeg's ${licences.length === 0 ? 'licence (LICENSE, COPYING…)' : 'origin (SOURCE, README…)'}.\n` +
        "Whoever passes ffmpeg on passes on its licence and says where its source code is; put both beside the programs.",
    );
  }
  await mkdir(to, { recursive: true });
  const kinds = [];
  for (const program of programs) {
    kinds.push(await checkProgram(path.join(folder, program), program, target));
  }
  for (const name of [...programs, ...licences, ...sources]) {
    await copyFile(path.join(folder, name), path.join(to, name));
    // A download mostly forgets that it is a program.
    await chmod(path.join(to, name), programs.includes(name) ? 0o755 : 0o644);
  }
  return [
    `ffmpeg and ffprobe (${[...new Set(kinds)].join(', ')})\n${'-'.repeat(72)}`,
    `Two programs of the FFmpeg project, https://ffmpeg.org, that the server runs; they are in ${ffmpegFolder}, with their`,
    `licence (${licences.join(', ')}) and where their source code is (${sources.join(', ')}).\n`,
  ].join('\n');
}

async function checkProgram(file, program, target) {
  const format = await nativeFormat(file);
  // Windows on ARM runs programs for x64, and there are few others.
  const emulated = target.os === 'win32' && target.cpu === 'arm64' && format && fits(format, { os: 'win32', cpu: 'x64' });
  if (!format || (!fits(format, target) && !emulated)) {
    const found = format ? `is for ${format.os}-${format.cpus.join('+')}` : 'is no program';
    throw new SetupError(`${file} ${found}; the package is for ${target.os}-${target.cpu}.`);
  }
  if (format.needsLoader) {
    say(`${program} asks for libraries of the machine it runs on: it will not run on all. Take a static build.`);
  }
  return licenceOf(await readFile(file), file);
}

/** ffmpeg's programs hold the options they were built with. */
function licenceOf(bytes, file) {
  const has = (option) => bytes.includes(`--enable-${option}`);
  if (has('nonfree')) {
    throw new SetupError(`${file} was built with --enable-nonfree: it may not be passed on.`);
  }
  if (has('gpl')) {
    return has('version3') ? 'GPL-3.0-or-later' : 'GPL-2.0-or-later';
  }
  return has('version3') ? 'LGPL-3.0-or-later' : 'LGPL-2.1-or-later';
}
