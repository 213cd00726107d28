import { stat } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { fileHashesIn } from './fileHashes.js';
import type { ModelEntry } from './discoverModels.js';
import { manifestFile, resolveModelFile, withCompanions } from './modelFiles.js';

/**
 * Proves that files of a model, companions included, are those the manifest names: existence, size,
 * SHA-256. Sizes are compared first, for all files, before anything is read.
 *
 * @param which keys of `manifest.files`, e.g. {@link requiredFiles} of the chosen variants
 * @param onProgress hears the fraction done, 0…1
 * @param cacheFolder where the hashes are remembered over restarts; left out: this process only
 * @throws ManifestInvalid, ModelFileMissing, ModelHashMismatch, RequestCancelled
 */
export async function verifyModelFiles(
  entry: Pick<ModelEntry, 'id' | 'folder' | 'manifest' | 'dualEncoder' | 'problem'>,
  which: readonly string[],
  onProgress?: (fraction: number) => void,
  token?: CancellationToken,
  cacheFolder?: string,
): Promise<void> {
  const manifest = entry.manifest ?? entry.dualEncoder;
  if (!manifest) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, entry.problem ?? 'The manifest is not valid.', {
      hint: 'Correct manifest.json; models/README.md describes every field.',
      subject: entry.id,
    });
  }
  const mismatch = (path: string, reason: Phrase): VideoChatError =>
    new VideoChatError(
      ErrorCode.ModelHashMismatch,
      phrase`The file ${path} of the model "${manifest.id}" is not the one its manifest names: ${reason}.`,
      { hint: 'Install the model again: the file is damaged, incomplete or of another version.', subject: path },
    );

  const files: { path: string; real: string; bytes: number; sha256: string }[] = [];
  for (const key of withCompanions(manifest, which)) {
    const file = manifestFile(manifest, key);
    const real = await resolveModelFile(entry.folder, manifest, key);
    const { size } = await stat(real);
    if (size !== file.bytes) {
      throw mismatch(file.path, phrase`it has ${size} bytes instead of ${file.bytes}`);
    }
    files.push({ real, ...file });
  }

  const hashes = fileHashesIn(cacheFolder);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  for (const file of files) {
    const report = (bytes: number): void => onProgress?.(Math.min(1, (done += bytes) / total));
    const sha256 = await hashes.sha256(file.real, report, token).catch((error: unknown) => {
      throw error instanceof VideoChatError ? error : mismatch(file.path, phrase`it cannot be read (${String(error)})`);
    });
    if (sha256 !== file.sha256) {
      throw mismatch(file.path, phrase`its SHA-256 differs`);
    }
  }
}
