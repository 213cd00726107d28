import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BoundedFolder } from '../common/boundedFolder.js';
import type { CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { VideoParts } from '../engine/engineParts.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import { type LibraryVideo, readUnchanged } from '../engine/videoLibrary.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { PlannedFrames } from '../video/planFrames.js';

export interface FrameRequest {
  /** Seconds from the first frame; past the end: the last frame. */
  seconds: number;
  /** Pixels; larger than the picture: as it is. */
  height: number;
}

const widest = 2;
/** More requests than a page of thumbnails has: what comes on top is refused rather than queued. */
const mostWaiting = 64;
const folderBytes = 64 * 1024 * 1024;

/** Frames as JPEG: exactly the one that is shown at a time, made once and kept small on disk. */
export class FrameStore {
  private readonly files: BoundedFolder;
  private readonly queue = new FairQueue(widest);
  private readonly making = new SharedTasks<Buffer>();

  /** @param scratch makes or names a folder for what is not finished */
  constructor(
    folder: string,
    limitBytes: number,
    private readonly parts: VideoParts,
    private readonly ffmpeg: FfmpegFinder,
    private readonly scratch: () => Promise<string>,
  ) {
    this.files = new BoundedFolder(folder, { extension: '.jpg', limitBytes: Math.min(limitBytes, folderBytes) });
  }

  /**
   * @throws VideoChatError InvalidRequest if too many wait, VideoUnknown if the file was changed since it was opened,
   *   and what decoding throws
   */
  async get(video: LibraryVideo, request: FrameRequest, lane: Lane, token: CancellationToken): Promise<Buffer> {
    const { facts } = video.opened;
    const seconds = Math.min(request.seconds, Math.max(0, facts.durationSeconds - 1e-8));
    const plan = await this.parts.plan(video.opened, `at:${seconds.toFixed(9)}`, undefined, 1);
    const height = Math.min(request.height, facts.height);
    const key = createHash('sha256').update(JSON.stringify([facts.contentHash, plan.indices, height])).digest('hex');
    const kept = await this.files.find(key);
    const jpeg = kept === undefined ? undefined : await readFile(kept).catch(() => undefined);
    if (jpeg?.length) {
      return jpeg;
    }
    if (!this.making.has(key) && this.queue.waiting >= mostWaiting) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${mostWaiting} pictures are waiting to be made.`, {
        hint: 'Ask again when some have come.',
      });
    }
    return this.making.join(key, (_, shared) => this.queue.run(lane, () => this.make(key, video, plan, height, shared), shared), token);
  }

  private async make(
    key: string,
    video: LibraryVideo,
    plan: PlannedFrames,
    height: number,
    token: CancellationToken,
  ): Promise<Buffer> {
    const { facts } = video.opened;
    const maxSide = Math.max(1, Math.round((Math.max(facts.width, facts.height) * height) / facts.height));
    const tools = await this.ffmpeg.tools();
    const outFolder = await mkdtemp(join(await this.scratch(), 'frame-'));
    try {
      const [path = ''] = await readUnchanged(video, token, () =>
        this.parts.write(video.opened, plan, tools, { outFolder, format: 'jpeg', maxSide, token }),
      );
      const jpeg = await readFile(path);
      await this.files.write(key, jpeg);
      return jpeg;
    } finally {
      await rm(outFolder, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
