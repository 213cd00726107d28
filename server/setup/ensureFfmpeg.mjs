import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError, root, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';

const suffix = process.platform === 'win32' ? '.exe' : '';

/**
 * Makes sure that ffmpeg and ffprobe can be run, in the order the server looks for them:
 * `VIDEOCHAT_FFMPEG`, the `ffmpeg-static` package, `PATH`; then installs Debian's package where it may.
 *
 * @returns {Promise<string>} the ffmpeg that was found
 * @throws SetupError that says what to do on this system
 */
export async function ensureFfmpeg(folder = root, env = process.env) {
  if (env.VIDEOCHAT_FFMPEG) {
    const named = programIn(env.VIDEOCHAT_FFMPEG);
    const beside = path.join(path.dirname(named), `ffprobe${suffix}`);
    if ((await works(named, env)) && ((await works(beside, env)) || (await works(`ffprobe${suffix}`, env)))) {
      return named;
    }
    throw new SetupError(
      `VIDEOCHAT_FFMPEG is ${env.VIDEOCHAT_FFMPEG}, but ffmpeg and ffprobe do not both run from there. Correct it or unset it.`,
    );
  }
  const found = await findPair(folder, env);
  if (found) {
    return found;
  }
  // The package brings ffmpeg alone; without an ffprobe its download (80 MB) would not help.
  if ((await works(`ffprobe${suffix}`, env)) && (await downloadStatic(folder, env))) {
    return staticPath(folder);
  }
  await installDebianPackage(env);
  const installed = await findPair(folder, env);
  if (installed) {
    return installed;
  }
  throw new SetupError(`ffmpeg and ffprobe were not found.\n${advice(process.platform)}`);
}

/** What a person types to get ffmpeg; shown when set-up may not install it. */
export function advice(platform) {
  const ways = {
    darwin: 'Install it with Homebrew: brew install ffmpeg',
    win32: 'Install it with winget: winget install --id Gyan.FFmpeg   (then open a new terminal)',
    linux:
      'Debian, Ubuntu: sudo apt-get install ffmpeg\nFedora: sudo dnf install ffmpeg-free\nArch: sudo pacman -S ffmpeg\nAlpine: sudo apk add ffmpeg',
  };
  const way = ways[platform] ?? 'Get it from https://ffmpeg.org/download.html and put it on PATH.';
  return `${way}\nOr point VIDEOCHAT_FFMPEG at an ffmpeg that has ffprobe beside it. Then run the same command again.`;
}

async function findPair(folder, env) {
  const probe = await works(`ffprobe${suffix}`, env);
  const bundled = staticPath(folder);
  if (probe && existsSync(bundled) && (await works(bundled, env))) {
    return bundled;
  }
  return probe && (await works(`ffmpeg${suffix}`, env)) ? `ffmpeg${suffix}` : undefined;
}

/** The variable may name the program or its folder. */
function programIn(place) {
  return existsSync(place) && statSync(place).isDirectory() ? path.join(place, `ffmpeg${suffix}`) : place;
}

function staticPath(folder) {
  return path.join(folder, 'node_modules', 'ffmpeg-static', `ffmpeg${suffix}`);
}

async function works(command, env = process.env) {
  return (await runProcess(command, ['-hide_banner', '-version'], { env, timeoutMs: 20_000 })).code === 0;
}

async function downloadStatic(folder, env) {
  const script = path.join(folder, 'node_modules', 'ffmpeg-static', 'install.js');
  if (!existsSync(script)) {
    return false;
  }
  say('Fetching ffmpeg (ffmpeg-static) …');
  const { code } = await runProcess(process.execPath, [script], { cwd: path.dirname(script), env, timeoutMs: 120_000 });
  return code === 0 && (await works(staticPath(folder), env));
}

async function installDebianPackage(env) {
  const run = (args) => runProcess(args[0], args.slice(1), { env, toStderr: true, timeoutMs: 15 * 60_000 });
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) {
    return;
  }
  const asRoot = process.getuid?.() === 0;
  if (!asRoot && (await runProcess('sudo', ['-n', 'true'], { env, timeoutMs: 10_000 })).code !== 0) {
    return;
  }
  say("Installing Debian's ffmpeg package …");
  const apt = [...(asRoot ? [] : ['sudo', '-n']), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  await run([...apt, 'update']);
  await run([...apt, 'install', '-y', '--no-install-recommends', 'ffmpeg']);
}
