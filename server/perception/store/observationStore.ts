import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { BoundedFolder } from '../../common/boundedFolder.js';
import { SharedFiles } from '../../common/sharedFiles.js';
import { ClipObservations, type ModelHashes } from './clipObservations.js';

/** Raised whenever frames come to the models otherwise: another size, another way to scale them. */
const version = 1;

/** What was seen in clips, by the hash of their content: one file each, the least recently used out first. */
export class ObservationStore {
  private readonly folder: BoundedFolder;
  private readonly files: SharedFiles<ClipObservations>;

  /** @param hashes of the models that look */
  constructor(folder: string, limitBytes: number, hashes: ModelHashes) {
    this.folder = new BoundedFolder(folder, { extension: '.sights', limitBytes });
    this.files = new SharedFiles(this.folder, (place) => ClipObservations.load(place, hashes));
  }

  /** Those who have the same clip open share one. Dispose of it when done. */
  open(contentHash: string): Promise<ClipObservations> {
    return this.files.open(keyOf(contentHash));
  }

  /** Bytes of what is kept of a clip: another number whenever more of it was looked at; undefined: nothing. */
  async bytesOf(contentHash: string): Promise<number | undefined> {
    const stats = await stat(this.folder.path(keyOf(contentHash))).catch(() => undefined);
    return stats && stats.size > 0 ? stats.size : undefined;
  }
}

function keyOf(contentHash: string): string {
  return createHash('sha256').update(JSON.stringify([contentHash, 'sights', version])).digest('hex');
}
