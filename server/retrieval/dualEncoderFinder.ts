import { silentLogger } from '../common/logger.js';
import { discoverModels } from '../models/discoverModels.js';
import type { DualEncoderManifest } from '../models/dualEncoderManifest.js';

export interface FoundDualEncoder {
  manifest: DualEncoderManifest;
  /** Of the manifest's file, hex. */
  sha256: string;
  /** Absolute. */
  folder: string;
}

/** What was found so long ago is good enough while it is looked again, in milliseconds. */
const freshMs = 3_000;

/** The first dual encoder in folders of models. One that comes or goes is noticed without a restart. */
export class DualEncoderFinder {
  private latest: { at: number; found: Promise<FoundDualEncoder | undefined> } | undefined;
  private looking: Promise<FoundDualEncoder | undefined> | undefined;

  constructor(private readonly folders: readonly string[]) {}

  /** @param now looks before it answers; else it tells what it knows, and looks afterwards where that is long ago */
  find(now = false): Promise<FoundDualEncoder | undefined> {
    const { latest } = this;
    if (latest && performance.now() - latest.at <= freshMs) {
      return now ? this.look() : latest.found;
    }
    const looking = this.look();
    return latest && !now ? latest.found : looking;
  }

  private look(): Promise<FoundDualEncoder | undefined> {
    this.looking ??= this.firstOf().finally(() => (this.looking = undefined));
    const found = this.looking;
    this.latest ??= { at: performance.now(), found };
    void found.then(() => (this.latest = { at: performance.now(), found })).catch(() => undefined);
    return found;
  }

  private async firstOf(): Promise<FoundDualEncoder | undefined> {
    // What is wrong with manifests is told where models are listed.
    for (const { folder, dualEncoder, manifestHash } of await discoverModels(this.folders, silentLogger)) {
      if (dualEncoder && manifestHash !== undefined) {
        return { manifest: dualEncoder, sha256: manifestHash, folder };
      }
    }
    return undefined;
  }
}
