import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { noDataset, readDataset } from '../common/annotations/datasetSchema.js';
import { type FoundProblem, longestDocument } from '../common/annotations/readAnnotations.js';
import { datasetFileName, type DatasetManifest, ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** A manifest as it is on disk. One that cannot be read is an empty dataset with problems. */
export interface ManifestOnDisk {
  manifest: DatasetManifest;
  /** Left out where there is no file. */
  text?: string;
  problems: FoundProblem[];
}

/**
 * Reads the manifest of a folder.
 *
 * @throws VideoChatError AnnotationsInvalid if there is no such folder, or the manifest is no file that can be read
 */
export async function manifestOnDisk(folder: string): Promise<ManifestOnDisk> {
  const isFolder = await stat(folder).then((stats) => stats.isDirectory(), () => false);
  if (!isFolder) {
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`There is no folder ${folder}.`, {
      hint: 'Choose a folder with videos or annotations.',
      subject: folder,
    });
  }
  const file = join(folder, datasetFileName);
  try {
    const stats = await stat(file);
    if (!stats.isFile() || stats.size > 3 * longestDocument) {
      throw new Error(`${stats.size} B`);
    }
    const text = await readFile(file, 'utf8');
    const { manifest, problems } = readDataset(text);
    return { manifest: manifest ?? noDataset, text, problems };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return { manifest: noDataset, problems: [] };
    }
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`${file} cannot be read: ${(error as Error).message}`, {
      hint: 'Open it in the editor to see what is wrong.',
      subject: file,
    });
  }
}
