import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npmCommand } from '../installDependencies.mjs';
import { SetupError, root, say } from '../project.mjs';
import { runProcess } from '../runProcess.mjs';
import { checkPackage } from './checkPackage.mjs';
import { fileHash, folderHash } from './folderHash.mjs';
import { stagePackage } from './stagePackage.mjs';
import { targets } from './targets.mjs';
import { zipEntries } from './zipEntries.mjs';

/** 4.x needs a newer Node than this project. */
const vsce = '@vscode/vsce@3.9.2';

/** Where a target's package is put. */
export function packageFile(target) {
  return path.join(root, 'dist', `videochat-${target}.vsix`);
}

/**
 * Makes the VSIX of a target from what is built, and checks it. What goes in is laid out anew each time; if it is
 * the same as in the package that is there, to the byte, that is not compressed again.
 *
 * @param {string} target one of `targets`
 * @param {string} [ffmpeg] folder with ffmpeg and ffprobe to put in, and their texts
 * @throws SetupError if it cannot be made here; Error if it holds what it must not
 */
export async function makePackage(target, ffmpeg) {
  if (ffmpeg && process.platform === 'win32' && targets[target].os !== 'win32') {
    throw new SetupError('On Windows, files have no mark that they are programs: make packages with an ffmpeg for Linux and macOS on those.');
  }
  const stage = path.join(root, '.cache', 'package', target);
  await stagePackage(stage, targets[target], ffmpeg);
  const file = packageFile(target);
  const stamp = path.join(root, '.cache', 'package', `${target}.json`);
  const contents = `${vsce} ${await folderHash(stage)}`;
  if (!(await isMadeOf(file, contents, stamp))) {
    await pack(stage, target, file);
    await writeFile(stamp, JSON.stringify({ contents, archive: await fileHash(file) }));
  }
  const entries = await zipEntries(file);
  const { size: bytes } = await stat(file);
  const problems = checkPackage(entries, bytes, targets[target]);
  if (problems.length > 0) {
    await rm(file);
    // No machine lacks anything here: it is the package that must change.
    throw new Error(`The package is not what it should be:\n${problems.join('\n')}`);
  }
  return { file, entries, bytes };
}

async function isMadeOf(file, contents, stamp) {
  try {
    const known = JSON.parse(await readFile(stamp, 'utf8'));
    return known.contents === contents && known.archive === (await fileHash(file));
  } catch {
    return false;
  }
}

async function pack(stage, target, file) {
  const draft = path.join(root, '.cache', 'package', path.basename(file));
  await rm(draft, { force: true });
  say(`Packing ${path.basename(file)} …`);
  const [command, ...first] = npmCommand();
  const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--target', target];
  const { code, output } = await runProcess(
    command,
    [...first, 'exec', '--yes', '--ignore-scripts', `--package=${vsce}`, '--', 'vsce', 'package', ...options, '--out', draft],
    { cwd: stage, timeoutMs: 10 * 60_000 },
  );
  if (code !== 0) {
    throw new SetupError(`vsce could not make the package.\n${output}`);
  }
  await mkdir(path.dirname(file), { recursive: true });
  await rename(draft, file);
}
