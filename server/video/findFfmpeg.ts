import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isProgram, programOnPath } from '../common/findProgram.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { packagedFfmpeg } from './packagedFfmpeg.js';
import { runTool } from './runTool.js';

/** A pair of programs that run. */
export interface FfmpegTools {
  /** Absolute path. */
  ffmpeg: string;
  ffprobe: string;
  /** As the program says it, e.g. `5.1.9-0+deb12u1` or `N-109468-gd39b34123d`. */
  version: string;
}

const suffix = process.platform === 'win32' ? '.exe' : '';
const found = new Map<string, Promise<FfmpegTools>>();

/**
 * Finds ffmpeg and ffprobe, in this order: `settingPath`, then `VIDEOCHAT_FFMPEG` (each a program or the
 * folder that holds it; wrong ones are an error, not skipped), the pair inside the extension's package if it
 * was made with one, the npm package `ffmpeg-static` if its download is there, `PATH`. ffprobe is looked for
 * beside ffmpeg, then on `PATH`; an ffmpeg from `ffmpeg-static` (which brings no ffprobe) is passed over when
 * there is none.
 * Both must answer `-version`, and be 4.3 or later. The result is kept for the life of the process.
 *
 * @throws FfmpegMissing with the command that installs it on this system
 */
export function findFfmpeg(settingPath?: string): Promise<FfmpegTools> {
  const asked = settingPath || process.env['VIDEOCHAT_FFMPEG'] || undefined;
  const key = `${asked ?? ''}\0${process.env['PATH'] ?? ''}`;
  let search = found.get(key);
  if (!search) {
    search = searchFfmpeg(asked);
    found.set(key, search);
    search.catch(() => found.delete(key));
  }
  return search;
}

async function searchFfmpeg(asked: string | undefined): Promise<FfmpegTools> {
  if (asked !== undefined) {
    const ffmpeg = await programAt(asked);
    if (!ffmpeg) {
      throw missing(phrase`There is no ffmpeg at ${asked}.`, asked);
    }
    return checkTools(ffmpeg, true);
  }
  const packaged = (await isProgram(packagedFfmpeg())) ? packagedFfmpeg() : undefined;
  const candidates = [packaged, await staticFfmpeg(), await programOnPath('ffmpeg')].filter((path) => path !== undefined);
  let problem: unknown = missing(phrase`ffmpeg was not found on this machine.`);
  for (const candidate of candidates) {
    try {
      return await checkTools(candidate, false);
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

async function checkTools(ffmpeg: string, asked: boolean): Promise<FfmpegTools> {
  const beside = join(dirname(ffmpeg), `ffprobe${suffix}`);
  const ffprobe = (await isProgram(beside)) ? beside : await programOnPath('ffprobe');
  if (!ffprobe) {
    throw missing(phrase`There is an ffmpeg at ${ffmpeg}, but no ffprobe beside it or on PATH.`, asked ? ffmpeg : undefined);
  }
  const [version] = await Promise.all([versionOf(ffmpeg, 'ffmpeg'), versionOf(ffprobe, 'ffprobe')]);
  const release = /^n?(\d+)\.(\d+)/.exec(version);
  if (release && Number(release[1]) + Number(release[2]) / 100 < 4.03) {
    throw missing(phrase`The ffmpeg at ${ffmpeg} is too old (${version}); 4.3 or later is needed.`, ffmpeg);
  }
  return { ffmpeg, ffprobe, version };
}

async function versionOf(path: string, name: string): Promise<string> {
  const { exitCode, output } = await runTool({
    command: path,
    args: ['-version'],
    timeoutSeconds: 30,
    maxOutputBytes: 1 << 20,
    unqueued: true,
  });
  const match = new RegExp(`^${name} version (\\S+)`).exec(output.toString('utf8'));
  if (exitCode !== 0 || !match?.[1]) {
    throw missing(phrase`${path} does not answer like ${name}.`, path);
  }
  return match[1];
}

/** A program, or a folder that holds ffmpeg. */
async function programAt(path: string): Promise<string | undefined> {
  const absolute = resolve(path);
  const isFolder = await stat(absolute).then((facts) => facts.isDirectory(), () => false);
  const candidates = isFolder ? [join(absolute, `ffmpeg${suffix}`), join(absolute, 'bin', `ffmpeg${suffix}`)] : [absolute];
  if (!isFolder && !/[\\/]/.test(path)) {
    const named = await programOnPath(path.replace(/\.exe$/i, ''));
    if (named) candidates.push(named);
  }
  for (const candidate of candidates) {
    if (await isProgram(candidate)) return candidate;
  }
  return undefined;
}

/** The optional package downloads its program when it is installed; often that download was not possible. */
async function staticFfmpeg(): Promise<string | undefined> {
  try {
    const path = createRequire(import.meta.url)('ffmpeg-static') as unknown;
    return typeof path === 'string' && isAbsolute(path) && (await isProgram(path)) ? path : undefined;
  } catch {
    return undefined;
  }
}

function missing(message: Phrase, subject?: string): VideoChatError {
  const install = {
    linux: '"sudo apt install ffmpeg" (Debian, Ubuntu), "sudo dnf install ffmpeg-free" (Fedora) or "sudo pacman -S ffmpeg" (Arch)',
    darwin: '"brew install ffmpeg"',
    win32: '"winget install Gyan.FFmpeg"',
  }[process.platform as string];
  return new VideoChatError(ErrorCode.FfmpegMissing, message, {
    hint: install
      ? phrase`Install ffmpeg and ffprobe with ${install}, or set VIDEOCHAT_FFMPEG to the ffmpeg to use (with ffprobe beside it).`
      : 'Install ffmpeg and ffprobe, or set VIDEOCHAT_FFMPEG to the ffmpeg to use (with ffprobe beside it).',
    ...(subject === undefined ? {} : { subject }),
  });
}
