import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../server/video/findFfmpeg.js';
import { type ClipName, type ClipRecipe, clipRecipes } from './clipRecipes.js';

export interface ClipRequest {
  /** A recipe of {@link clipRecipes}. */
  name: ClipName;
}

const run = promisify(execFile);
const made = new Map<string, Promise<string>>();

/**
 * Makes a test clip with the ffmpeg of this machine and returns its path. A clip is made once: it is kept in a
 * temporary folder under a name that follows its recipe and the version of ffmpeg, and must not be changed there
 * (`copyClip` gives one's own).
 */
export function makeClip({ name }: ClipRequest): Promise<string> {
  let clip = made.get(name);
  if (!clip) {
    made.set(name, (clip = make(name)));
  }
  return clip;
}

/** A clip of one's own, to cut off or to delete. */
export async function copyClip(name: ClipName, target: string): Promise<string> {
  await copyFile(await makeClip({ name }), target);
  return target;
}

/** A new temporary folder. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'videochat-test-'));
}

async function make(name: ClipName): Promise<string> {
  const recipe: ClipRecipe = clipRecipes[name];
  const { ffmpeg, version } = await findFfmpeg();
  const source = (recipe.steps ?? []).map((step) => step.join('\0'));
  const key = createHash('sha256')
    .update([version, recipe.file, ...source, recipe.change?.toString() ?? '', recipe.bytes ?? ''].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const folder = join(tmpdir(), 'videochat-test-media', key);
  const path = join(folder, recipe.file);
  if (await stat(path).then(() => true, () => false)) {
    return path;
  }
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true });
  for (const step of recipe.steps ?? []) {
    const args = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...step];
    await run(ffmpeg, args, { cwd: work, timeout: 300_000, maxBuffer: 1 << 24 });
  }
  if (recipe.bytes !== undefined) {
    await writeFile(join(work, recipe.file), recipe.bytes);
  }
  if (recipe.change) {
    const file = join(work, recipe.file);
    await writeFile(file, recipe.change(await readFile(file)));
  }
  // Another process may have made it meanwhile: either is good.
  await rename(work, folder).catch(() => rm(work, { recursive: true, force: true }));
  return path;
}
