import { mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { npmCommand } from '../installDependencies.mjs';
import { SetupError, root, say } from '../project.mjs';
import { runProcess } from '../runProcess.mjs';
import { checkPackage } from './checkPackage.mjs';
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
 * Makes the VSIX of a target from what is built, and checks it.
 *
 * @param {string} target one of `targets`
 * @param {string} [ffmpeg] folder with ffmpeg and ffprobe to put in
 * @throws SetupError if it cannot be made here; Error if it holds what it must not
 */
export async function makePackage(target, ffmpeg) {
  const stage = path.join(root, '.cache', 'package', target);
  await stagePackage(stage, targets[target], ffmpeg);
  const file = packageFile(target);
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
  const entries = await zipEntries(draft);
  const { size: bytes } = await stat(draft);
  const problems = checkPackage(entries, bytes, targets[target]);
  if (problems.length > 0) {
    // No machine lacks anything here: it is the package that must change.
    throw new Error(`The package is not what it should be:\n${problems.join('\n')}`);
  }
  await mkdir(path.dirname(file), { recursive: true });
  await rename(draft, file);
  return { file, entries, bytes };
}
