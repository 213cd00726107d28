import { join, posix } from 'node:path';
import type { Pack, PackArchive } from './packSchema.js';

/** Where packs are kept: one folder each, and what has come of downloads. */
export class PackPlaces {
  readonly home: string;

  constructor(cacheFolder: string) {
    this.home = join(cacheFolder, 'packs');
  }

  folder({ id }: Pick<Pack, 'id'>): string {
    return join(this.home, id);
  }

  /** An archive until it is unpacked. */
  download({ id }: Pick<Pack, 'id'>, { url }: PackArchive): string {
    return join(this.downloads({ id }), posix.basename(new URL(url).pathname));
  }

  downloads({ id }: Pick<Pack, 'id'>): string {
    return join(this.home, '.downloads', id);
  }

  /** Where packs are put together, and where they go before they are deleted. */
  get staging(): string {
    return join(this.home, '.staging');
  }

  /** What archives were when they were first fetched. */
  get pins(): string {
    return join(this.home, 'pins.json');
  }

  /** Beside the packs: a verdict outlives a pack that is fetched again. */
  verdict({ id }: Pick<Pack, 'id'>): string {
    return join(this.home, `${id}.verdict.json`);
  }
}
