import { buildOutput } from './buildOutput.mjs';
import { ensureFfmpeg } from './ensureFfmpeg.mjs';
import { installDependencies } from './installDependencies.mjs';
import { linkProgram } from './linkProgram.mjs';
import { SetupError } from './project.mjs';

/**
 * Everything a fresh checkout needs before it can run: packages, bundles, ffmpeg. Does nothing, in well
 * under a second, when all of it is there.
 */
export async function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(`Node ${process.versions.node} is too old: VideoChat needs 20.19 or newer.`);
  }
  await installDependencies();
  await buildOutput();
  await linkProgram();
  return { ffmpeg: await ensureFfmpeg() };
}
