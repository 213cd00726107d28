import { createHash } from 'node:crypto';
import { BoundedFolder } from '../common/boundedFolder.js';
import { SharedFiles } from '../common/sharedFiles.js';
import { CaptionFile } from './captionFile.js';

/** Raised whenever windows come to a model otherwise. */
const version = 1;
const folderBytes = 128 * 1024 * 1024;

/** Captions of windows of clips: a file for each clip and way of captioning it, the least recently used out first. */
export class CaptionStore {
  private readonly files: SharedFiles<CaptionFile>;

  constructor(folder: string, limitBytes: number) {
    const bounded = new BoundedFolder(folder, { extension: '.captions', limitBytes: Math.min(limitBytes, folderBytes) });
    this.files = new SharedFiles(bounded, CaptionFile.load);
  }

  /**
   * Those who have the same open share one. Dispose of it when done.
   *
   * @param captioner what else decides what a caption says: models, questions, settings
   */
  open(contentHash: string, captioner: string): Promise<CaptionFile> {
    return this.files.open(createHash('sha256').update(JSON.stringify([contentHash, 'captions', version, captioner])).digest('hex'));
  }
}
