import type { BoundedFolder } from './boundedFolder.js';

/** Where an open file lies, and what it tells of itself. */
export interface FilePlace {
  path: string;
  /** To be called after the file has grown. */
  grown(): Promise<void>;
  /** To be called once by each user at the end. */
  release(): void;
}

/** Files of a bounded folder that grow while they are open. Those who have the same one open share it; none of them has to make room. */
export class SharedFiles<File> {
  private readonly opened = new Map<string, { file: Promise<File>; users: number }>();

  /** @param load makes what is shared of a file that may not be there yet */
  constructor(
    private readonly folder: BoundedFolder,
    private readonly load: (place: FilePlace) => Promise<File>,
  ) {}

  /** @param key 64 hex digits */
  async open(key: string): Promise<File> {
    const entry = this.opened.get(key) ?? { file: this.hold(key), users: 0 };
    this.opened.set(key, entry);
    entry.users++;
    return entry.file;
  }

  private async hold(key: string): Promise<File> {
    const path = this.folder.path(key);
    await this.folder.prepare(key).catch(() => undefined);
    const held = this.folder.hold(path);
    await this.folder.touch(path);
    const release = (): void => {
      const entry = this.opened.get(key);
      if (entry && --entry.users === 0) {
        this.opened.delete(key);
        void held.dispose();
      }
    };
    return this.load({ path, grown: () => this.folder.grown(path), release });
  }
}
