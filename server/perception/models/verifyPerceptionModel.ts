import type { CancellationToken } from '../../common/cancellation.js';
import { fileHashesIn } from '../../models/fileHashes.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';
import type { PerceptionModel } from './findPerceptionModels.js';
import type { PerceptionFile } from './perceptionManifest.js';

/**
 * Proves by SHA-256 that the files of a model are those its manifest names. Hashes are remembered as long as a file stays
 * the same.
 *
 * @throws PerceptionUnavailable, RequestCancelled
 */
export async function verifyPerceptionModel({ manifest, paths }: PerceptionModel, cacheFolder?: string, token?: CancellationToken): Promise<void> {
  for (const [key, file] of Object.entries<PerceptionFile>(manifest.files)) {
    const path = paths[key] ?? '';
    const damaged = (reason: Phrase): VideoChatError =>
      new VideoChatError(ErrorCode.PerceptionUnavailable, phrase`The file ${file.path} of the model "${manifest.id}" is not the one its manifest names: ${reason}.`, {
        hint: 'Install the model again: the file is damaged, incomplete or of another version.',
        subject: path,
      });
    const sha256 = await fileHashesIn(cacheFolder)
      .sha256(path, undefined, token)
      .catch((error: unknown) => {
        throw error instanceof VideoChatError ? error : damaged(phrase`it cannot be read (${String(error)})`);
      });
    if (sha256 !== file.sha256) {
      throw damaged(phrase`its SHA-256 differs`);
    }
  }
}
