import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { hubCacheFolder } from '../hub/hubCache.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { LanguageRules, Manifest, ManifestFile } from './manifest.js';

/** A manifest of any form, as far as files go. */
export type FilesOfModel = Pick<Manifest, 'id' | 'files'>;

/**
 * The files a choice of variants needs, companions included, weights for timelines not: they are loaded when they are
 * first needed. Left out: the manifest's defaults.
 */
export function requiredFiles(manifest: Manifest, choice: { vision?: string; language?: string } = {}): string[] {
  const { encoder, audio, prefix } = manifest;
  const vision = encoder?.variants[choice.vision ?? encoder.default];
  const language = languageFiles(manifest.language, choice.language);
  return withCompanions(
    manifest,
    [vision, encoder?.image?.variants[encoder.image.default], audio?.variants[audio.default], encoder?.domain, prefix?.variants[prefix.default], prefix?.cache?.file, ...language].filter((key) => key !== undefined),
  );
}

/** Weights that answer, and the adapters beside them. */
export function languageFiles({ variants, default: usual, adapters = [] }: LanguageRules, variant = usual): string[] {
  return [variants[variant] ?? '', ...adapters.map(({ file }) => file)].filter((key) => key !== '');
}

/** Keys and, recursively, the keys of their companions; each once. */
export function withCompanions(manifest: FilesOfModel, keys: readonly string[]): string[] {
  const found = new Set(keys);
  for (const key of found) {
    manifest.files[key]?.companions?.forEach((companion) => found.add(companion));
  }
  return [...found];
}

/**
 * Absolute path of a file of a model; the file is there, a regular file, and truly inside the folder, or in the hub's cache.
 *
 * @throws ModelFileMissing, ManifestInvalid (a link leads out of the folder)
 */
export async function resolveModelFile(folder: string, manifest: FilesOfModel, key: string): Promise<string> {
  const file = manifestFile(manifest, key);
  const path = join(folder, ...file.path.split('/'));
  let real: string;
  let root: string;
  try {
    [real, root] = await Promise.all([realpath(path), realpath(folder)]);
    if (!(await stat(real)).isFile()) {
      throw new Error('not a regular file');
    }
  } catch {
    throw new VideoChatError(ErrorCode.ModelFileMissing, phrase`The model "${manifest.id}" lacks its file ${file.path}.`, {
      hint: 'Install the model again, or restore the file.',
      subject: path,
    });
  }
  if (![root, await sharedCache()].some((allowed) => allowed !== undefined && real.startsWith(allowed.endsWith(sep) ? allowed : allowed + sep))) {
    throw new VideoChatError(
      ErrorCode.ManifestInvalid,
      phrase`The file ${file.path} of the model "${manifest.id}" leads out of the model's folder.`,
      { hint: 'Replace the link by the file itself.', subject: path },
    );
  }
  return real;
}

/** The hub's cache: what was fetched to another disk than the model's folder is on. Its content is compared all the same. */
async function sharedCache(): Promise<string | undefined> {
  return realpath(hubCacheFolder()).catch(() => undefined);
}

/** The manifest's entry of a file. */
export function manifestFile(manifest: FilesOfModel, key: string): ManifestFile {
  const file = Object.hasOwn(manifest.files, key) ? manifest.files[key] : undefined;
  if (!file) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The model "${manifest.id}" has no file "${key}".`, {
      hint: 'Correct manifest.json.',
      subject: manifest.id,
    });
  }
  return file;
}
