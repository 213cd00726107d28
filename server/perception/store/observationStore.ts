import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { BoundedFolder } from '../../common/boundedFolder.js';
import { ClipObservations, type ModelHashes } from './clipObservations.js';

/** Raised whenever frames come to the models otherwise: another size, another way to scale them. */
const version = 1;

/** What was seen in clips, by the hash of their content: one file each, the least recently used out first. */
export class ObservationStore {
  private readonly files: BoundedFolder;
  private readonly opened = new Map<string, { clip: Promise<ClipObservations>; users: number }>();

  /** @param hashes of the models that look */
  constructor(
    folder: string,
    limitBytes: number,
    private readonly hashes: ModelHashes,
  ) {
    this.files = new BoundedFolder(folder, { extension: '.sights', limitBytes });
  }

  /** Those who have the same clip open share one. Dispose of it when done. */
  async open(contentHash: string): Promise<ClipObservations> {
    const entry = this.opened.get(contentHash) ?? { clip: this.load(contentHash), users: 0 };
    this.opened.set(contentHash, entry);
    entry.users++;
    return entry.clip;
  }

  /** Bytes of what is kept of a clip: another number whenever more of it was looked at; undefined: nothing. */
  async bytesOf(contentHash: string): Promise<number | undefined> {
    const stats = await stat(this.files.path(keyOf(contentHash))).catch(() => undefined);
    return stats && stats.size > 0 ? stats.size : undefined;
  }

  private async load(contentHash: string): Promise<ClipObservations> {
    const key = keyOf(contentHash);
    const path = this.files.path(key);
    await this.files.prepare(key).catch(() => undefined);
    const held = this.files.hold(path);
    await this.files.touch(path);
    const release = (): void => {
      const entry = this.opened.get(contentHash);
      if (entry && --entry.users === 0) {
        this.opened.delete(contentHash);
        void held.dispose();
      }
    };
    const clip = new ClipObservations(path, this.hashes, () => this.files.grown(path), release);
    await clip.load();
    return clip;
  }
}

function keyOf(contentHash: string): string {
  return createHash('sha256').update(JSON.stringify([contentHash, 'sights', version])).digest('hex');
}
