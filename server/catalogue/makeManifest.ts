import { z } from 'zod';
import { isDualEncoder, parseDualEncoderManifest } from '../models/dualEncoderManifest.js';
import { parseManifest } from '../models/manifest.js';
import { checkPrompt } from '../models/prompt.js';
import { perceptionManifestSchema } from '../perception/models/perceptionManifest.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { CatalogueRecord } from './catalogueSchema.js';

/** A file of a model that is here. */
export interface InstalledFile {
  key: string;
  /** In the model's folder, with forward slashes. */
  path: string;
  bytes: number;
  sha256: string;
}

/**
 * The manifest of an entry whose files are here.
 *
 * @throws VideoChatError ManifestInvalid if the entry does not make one
 */
export function makeManifest(entry: CatalogueRecord, files: readonly InstalledFile[]): object {
  const { id, name, description, licence, install } = entry;
  if (!install) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The catalogue does not say how "${id}" is installed.`, { subject: id });
  }
  const table = Object.fromEntries(files.map(({ key, path, bytes, sha256 }) => [key, { path, bytes, sha256 }]));
  const manifest = { schemaVersion: 1, id, name, ...(install.as === 'perception' ? {} : { description }), licence: licence.name, ...install.manifest, files: table };
  checkManifest(manifest, id);
  return manifest;
}

/** @throws VideoChatError ManifestInvalid */
export function checkManifest(manifest: Record<string, unknown>, subject: string): void {
  if (manifest['kind'] !== undefined) {
    const parsed = perceptionManifestSchema.safeParse(manifest);
    if (!parsed.success) {
      throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The manifest is not valid: ${z.prettifyError(parsed.error).slice(0, 500)}`, { subject });
    }
  } else if (isDualEncoder(manifest)) {
    parseDualEncoderManifest(manifest, subject);
  } else {
    checkPrompt(parseManifest(manifest, subject));
  }
}
