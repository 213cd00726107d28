import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { BoundedFolder } from '../common/boundedFolder.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { MediaParts } from '../engine/engineParts.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import { type LibraryVideo, readUnchanged } from '../engine/videoLibrary.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { type ProxyRecipe, recipeVersion } from './proxyArguments.js';

/** A proxy in use: it stays on disk until it is let go. */
export interface HeldProxy {
  path: string;
  lease: Disposable;
}

/** Proxies by what they show: made once, however many ask, kept on disk, one made at a time. */
export class ProxyStore {
  private readonly files: BoundedFolder;
  private readonly queue = new FairQueue();
  private readonly making = new SharedTasks<string, number>();

  constructor(
    folder: string,
    limitBytes: number,
    private readonly parts: MediaParts,
    private readonly ffmpeg: FfmpegFinder,
  ) {
    this.files = new BoundedFolder(folder, { extension: '.mp4', limitBytes });
  }

  /** @throws what `makeProxy` throws, VideoUnknown if the file changed since it was opened */
  async get(
    video: LibraryVideo,
    recipe: ProxyRecipe,
    lane: Lane,
    token: CancellationToken,
    onProgress: (fraction: number) => void,
  ): Promise<HeldProxy> {
    const key = proxyKey(video, recipe);
    const run = (report: (fraction: number) => void, shared: CancellationToken): Promise<string> =>
      this.queue.run(lane, () => this.make(key, video, recipe, shared, report), shared);
    // Held before it is looked for, lest it have to make room in between.
    const lease = this.files.hold(this.files.path(key));
    try {
      const path = (await this.files.find(key)) ?? (await this.making.join(key, run, token, onProgress));
      return { path, lease };
    } catch (error) {
      await lease.dispose();
      throw error;
    }
  }

  private async make(
    key: string,
    video: LibraryVideo,
    recipe: ProxyRecipe,
    token: CancellationToken,
    onProgress: (fraction: number) => void,
  ): Promise<string> {
    const tools = await this.ffmpeg.tools();
    const output = await this.files.prepare(key).catch(notWritable);
    try {
      await readUnchanged(video, token, () => this.parts.makeProxy(video.opened, recipe, tools, { output, token, onProgress }));
      return await this.files.adopt(output, key).catch(notWritable);
    } finally {
      await rm(output, { force: true }).catch(() => undefined);
    }
  }
}

function proxyKey({ opened }: LibraryVideo, recipe: ProxyRecipe): string {
  const { contentHash } = opened.facts;
  const height = recipe.mode === 'transcode' ? recipe.height : 0;
  return createHash('sha256').update(JSON.stringify([recipeVersion, contentHash, recipe.mode, height])).digest('hex');
}

function notWritable(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  throw new VideoChatError(ErrorCode.FfmpegFailed, phrase`The cache folder cannot be written (${code}).`, {
    hint: 'Choose another cache folder in the settings.',
  });
}
