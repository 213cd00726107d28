import { createHash } from 'node:crypto';
import { BoundedFolder } from '../common/boundedFolder.js';
import { CaptionFile } from './captionFile.js';

/** Raised whenever windows come to a model otherwise. */
const version = 1;
const folderBytes = 128 * 1024 * 1024;

/** Captions of windows of clips: a file for each clip and way of captioning it, the least recently used out first. */
export class CaptionStore {
  private readonly files: BoundedFolder;
  private readonly opened = new Map<string, { file: Promise<CaptionFile>; users: number }>();

  constructor(folder: string, limitBytes: number) {
    this.files = new BoundedFolder(folder, { extension: '.captions', limitBytes: Math.min(limitBytes, folderBytes) });
  }

  /**
   * Those who have the same open share one. Dispose of it when done.
   *
   * @param captioner what else decides what a caption says: models, questions, settings
   */
  async open(contentHash: string, captioner: string): Promise<CaptionFile> {
    const key = createHash('sha256').update(JSON.stringify([contentHash, 'captions', version, captioner])).digest('hex');
    const entry = this.opened.get(key) ?? { file: this.load(key), users: 0 };
    this.opened.set(key, entry);
    entry.users++;
    return entry.file;
  }

  private async load(key: string): Promise<CaptionFile> {
    const path = this.files.path(key);
    await this.files.prepare(key).catch(() => undefined);
    const held = this.files.hold(path);
    await this.files.touch(path);
    const release = (): void => {
      const entry = this.opened.get(key);
      if (entry && --entry.users === 0) {
        this.opened.delete(key);
        void held.dispose();
      }
    };
    const file = new CaptionFile(path, () => this.files.grown(path), release);
    await file.load();
    return file;
  }
}
