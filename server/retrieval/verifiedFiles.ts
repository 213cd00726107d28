import { posix } from 'node:path';
import type { DualEncoderManifest } from '../models/dualEncoderManifest.js';
import { manifestFile, resolveModelFile, withCompanions } from '../models/modelFiles.js';
import { verifyModelFiles } from '../models/verifyModelFiles.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { externalDataLocations } from '../vision/externalData.js';
import type { FoundDualEncoder } from './dualEncoderFinder.js';

/**
 * Where the files of a dual encoder are, once they are proved to be those of its manifest, and to read no others.
 *
 * @throws ModelFileMissing, ModelHashMismatch, ModelCorrupt, ManifestInvalid
 */
export async function verifiedFiles({ folder, manifest }: FoundDualEncoder, cacheFolder: string): Promise<{ picture: string; text: string; tokenizer: string }> {
  const { picture, text } = manifest.retrieval;
  await verifyModelFiles({ id: manifest.id, folder, dualEncoder: manifest }, [picture.file, text.file, text.tokenizer], undefined, undefined, cacheFolder);
  const files = {
    picture: await resolveModelFile(folder, manifest, picture.file),
    text: await resolveModelFile(folder, manifest, text.file),
    tokenizer: await resolveModelFile(folder, manifest, text.tokenizer),
  };
  await checkExternalData(files.picture, manifest, picture.file);
  await checkExternalData(files.text, manifest, text.file);
  return files;
}

/** A graph may name files of its own: only those that its manifest lists are read. */
async function checkExternalData(path: string, manifest: DualEncoderManifest, key: string): Promise<void> {
  const beside = posix.dirname(manifestFile(manifest, key).path);
  const allowed = new Set(withCompanions(manifest, [key]).map((each) => posix.normalize(manifestFile(manifest, each).path)));
  for (const location of await externalDataLocations(path)) {
    if (posix.isAbsolute(location) || !allowed.has(posix.join(beside, location))) {
      throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`A graph of the model "${manifest.id}" wants to read "${location.slice(0, 200)}", which its manifest does not list.`, {
        hint: 'Do not use this model unless you trust it; list the file as a companion in manifest.json.',
        subject: path,
      });
    }
  }
}
