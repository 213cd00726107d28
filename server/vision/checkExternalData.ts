import { posix } from 'node:path';
import { type FilesOfModel, manifestFile, withCompanions } from '../models/modelFiles.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { externalDataLocations } from './externalData.js';

/**
 * Proves that a graph reads no files but those that its manifest lists with it.
 *
 * @param key of the graph in the manifest, `path` where it lies
 * @throws ModelCorrupt
 */
export async function checkExternalData(manifest: FilesOfModel, key: string, path: string): Promise<void> {
  const allowed = new Set(withCompanions(manifest, [key]).map((each) => manifestFile(manifest, each).path));
  const folder = posix.dirname(manifestFile(manifest, key).path);
  for (const location of await externalDataLocations(path)) {
    if (posix.isAbsolute(location) || !allowed.has(posix.join(folder, location))) {
      throw new VideoChatError(
        ErrorCode.ModelCorrupt,
        phrase`The vision encoder wants to read "${location.slice(0, 200)}", which its manifest does not list.`,
        { hint: 'Do not use this model unless you trust it; list the file as a companion in manifest.json.', subject: path },
      );
    }
  }
}
