import { randomUUID } from 'node:crypto';
import { type BigIntStats, promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { SharedTasks } from '../common/sharedTasks.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { ErrorCode, Limits, phrase, VideoChatError, type VideoOpenResult } from '../protocol/index.js';
import type { ProbeCache } from '../video/probeCache.js';
import type { ProbedVideo, VideoParts } from './engineParts.js';
import type { FfmpegFinder } from './ffmpegFinder.js';

/** A file that has been probed, and what it looked like on disk then. */
export interface LibraryVideo {
  opened: ProbedVideo;
  /** Absolute path it was opened by. */
  path: string;
  /** Size and times; a change means that the facts may be wrong. */
  stamp: string;
}

/** What a file looks like from outside; a change means that its content may have changed. */
export function stampOf(stats: BigIntStats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs].join(':');
}

/** The videos that one client has open, by id. */
export class VideoLibrary {
  private readonly videos = new Map<string, LibraryVideo>();
  private readonly idByPath = new Map<string, string>();
  /** How often each was opened, and not closed. */
  private readonly uses = new Map<string, number>();
  private readonly opening = new SharedTasks<VideoOpenResult>();

  constructor(
    private readonly parts: VideoParts,
    private readonly ffmpeg: FfmpegFinder,
    private readonly probes: ProbeCache,
  ) {}

  get size(): number {
    return this.videos.size;
  }

  /**
   * Probes a file, or answers from memory if it is open and unchanged, or from what an earlier server found. It stays open
   * until it was closed as often.
   */
  async open(path: string, token?: CancellationToken): Promise<VideoOpenResult> {
    const opened = await this.find(path, token);
    this.uses.set(opened.videoId, (this.uses.get(opened.videoId) ?? 0) + 1);
    return opened;
  }

  private async find(path: string, token?: CancellationToken): Promise<VideoOpenResult> {
    const absolute = resolve(path);
    const stamp = await stampPath(absolute);
    const knownId = this.idByPath.get(absolute);
    const known = knownId === undefined ? undefined : this.videos.get(knownId);
    if (knownId !== undefined && known !== undefined && known.stamp === stamp) {
      return { videoId: knownId, facts: known.opened.facts };
    }
    // Requests that come together for one file share one probe, and one id.
    return this.opening.join(`${stamp}:${absolute}`, (_, shared) => this.probe(absolute, stamp, shared), token);
  }

  private async probe(absolute: string, stamp: string, token: CancellationToken): Promise<VideoOpenResult> {
    if (this.videos.size >= Limits.openVideos) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${Limits.openVideos} videos are open.`, {
        hint: 'Close some with video/close.',
      });
    }
    const opened = await this.probes.get(absolute, async () => {
      const tools = await untilCancelled(this.ffmpeg.tools(), token);
      return this.parts.probe(absolute, tools, token);
    });
    const videoId = `video-${randomUUID()}`;
    this.videos.set(videoId, { opened, path: absolute, stamp });
    this.idByPath.set(absolute, videoId);
    return { videoId, facts: opened.facts };
  }

  /** @throws VideoChatError VideoUnknown */
  get(videoId: string): LibraryVideo {
    const video = this.videos.get(videoId);
    if (!video) {
      throw new VideoChatError(ErrorCode.VideoUnknown, 'This video is not open.', {
        hint: 'Open it with video/open.',
        subject: videoId,
      });
    }
    return video;
  }

  /** Forgets an id when nobody else has opened it; conversations keep the video itself. @throws VideoChatError VideoUnknown */
  close(videoId: string): void {
    const { path } = this.get(videoId);
    const others = (this.uses.get(videoId) ?? 1) - 1;
    if (others > 0) {
      this.uses.set(videoId, others);
      return;
    }
    this.uses.delete(videoId);
    this.videos.delete(videoId);
    if (this.idByPath.get(path) === videoId) {
      this.idByPath.delete(path);
    }
  }
}

/** The empty stamp stands for a file that is not there: the probe says why. */
async function stampPath(path: string): Promise<string> {
  try {
    return stampOf(await fs.stat(path, { bigint: true }));
  } catch {
    return '';
  }
}

/**
 * Reads frames of a file that was probed before, and proves that it was still the same file.
 *
 * @throws VideoChatError VideoUnknown if the file was changed or replaced since, whatever the work said
 */
export async function readUnchanged<T>(video: LibraryVideo, token: CancellationToken, work: () => Promise<T>): Promise<T> {
  const check = async (): Promise<void> => {
    if ((await stampPath(video.path)) !== video.stamp) {
      throw new VideoChatError(ErrorCode.VideoUnknown, 'The file was changed after it was opened.', {
        hint: 'Open it again and start a new conversation.',
        subject: video.path,
      });
    }
  };
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!token.isCancellationRequested) {
      await check();
    }
    throw error;
  }
  await check();
  return result;
}
