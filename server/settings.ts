import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { z } from 'zod';
import { packageRoot } from './common/packageRoot.js';
import { type ServerSettings, type SpeechFallback, speechFallbacks } from './protocol/index.js';

export { packageRoot };

/** What the engine runs with: every setting has a value, except the path of ffmpeg, which is looked for. */
export interface EngineSettings {
  ffmpegPath?: string;
  modelFolders: string[];
  cacheFolder: string;
  cacheBytes: number;
  threads: number;
  executionProvider: string;
  languageDevice: string;
  gpuLayers: number;
  /** GPU packs are used where they are here and proven. */
  gpuPacks: boolean;
  /** A clip or a part that lasts longer is told of from captions of its windows, in seconds. */
  longClipSeconds: number;
  /** Who hears words where no speech model is installed. */
  speechFallback: SpeechFallback;
  /** Code of the language that is spoken; undefined: the speech model finds out. */
  speechLanguage?: string;
}

/** Version of the package this server is part of. */
export function packageVersion(): string {
  try {
    const text = readFileSync(join(packageRoot(), 'package.json'), 'utf-8');
    return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  } catch {
    return '0.0.0';
  }
}

/** Where programs keep what they can make again, as the operating system wants it. */
export function defaultCacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = homedir();
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'VideoChat', 'Cache');
  }
  if (platform === 'darwin') {
    return join(home, 'Library', 'Caches', 'VideoChat');
  }
  return join(env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'videochat');
}

/**
 * Puts the settings together: those of `initialize` win over the environment, the environment over the
 * defaults. Model folders add up.
 *
 * Environment: `VIDEOCHAT_FFMPEG`, `VIDEOCHAT_MODELS` (a list, separated like `PATH`), `VIDEOCHAT_CACHE`,
 * `VIDEOCHAT_CACHE_BYTES`, `VIDEOCHAT_THREADS`, `VIDEOCHAT_PROVIDER`, `VIDEOCHAT_DEVICE`,
 * `VIDEOCHAT_GPU_LAYERS`, `VIDEOCHAT_GPU_PACKS` (`off`), `VIDEOCHAT_LONG_CLIP_SECONDS`, `VIDEOCHAT_SPEECH` (`off`, `pocketsphinx`), `VIDEOCHAT_SPEECH_LANGUAGE`.
 */
export function resolveSettings(settings: ServerSettings = {}, env: NodeJS.ProcessEnv = process.env): EngineSettings {
  const fromEnv = (env['VIDEOCHAT_MODELS'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...(settings.modelFolders ?? []), ...fromEnv, join(packageRoot(), 'models')];
  return {
    ffmpegPath: settings.ffmpegPath || env['VIDEOCHAT_FFMPEG'] || undefined,
    modelFolders: [...new Set(folders.map((folder) => resolve(folder)))],
    cacheFolder: resolve(settings.cacheFolder ?? (env['VIDEOCHAT_CACHE'] || defaultCacheFolder(env))),
    cacheBytes: settings.cacheBytes ?? wholeNumber(env['VIDEOCHAT_CACHE_BYTES']) ?? 1024 ** 3,
    threads: settings.threads ?? wholeNumber(env['VIDEOCHAT_THREADS']) ?? 0,
    executionProvider: settings.executionProvider ?? (env['VIDEOCHAT_PROVIDER'] || 'auto'),
    languageDevice: settings.languageDevice ?? (env['VIDEOCHAT_DEVICE'] || 'auto'),
    gpuLayers: settings.gpuLayers ?? wholeNumber(env['VIDEOCHAT_GPU_LAYERS'], -1) ?? -1,
    gpuPacks: settings.gpuPacks ?? env['VIDEOCHAT_GPU_PACKS'] !== 'off',
    longClipSeconds: settings.longClipSeconds ?? wholeNumber(env['VIDEOCHAT_LONG_CLIP_SECONDS']) ?? 180,
    speechFallback: settings.speechFallback ?? speechFallbacks.find((each) => each === env['VIDEOCHAT_SPEECH']) ?? 'off',
    speechLanguage: settings.speechLanguage ?? (env['VIDEOCHAT_SPEECH_LANGUAGE'] || undefined),
  };
}

function wholeNumber(text: string | undefined, least = 0): number | undefined {
  const value = Number(text);
  return text !== undefined && text !== '' && Number.isSafeInteger(value) && value >= least ? value : undefined;
}
