import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { FairQueue, Lane } from '../common/fairQueue.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { FramePlan, Segment } from '../protocol/index.js';
import type { CutLimits } from '../video/cutClip.js';
import type { Picture, VideoParts } from './engineParts.js';
import type { StageProgress } from './embeddingSource.js';
import type { FfmpegFinder } from './ffmpegFinder.js';
import { type LibraryVideo, readUnchanged } from './videoLibrary.js';

/** Pictures kept in memory, in bytes. */
const memoryBytes = 64 * 1024 * 1024;

export interface PictureRequest {
  video: LibraryVideo;
  plan: FramePlan;
  /** Longest side in pixels. */
  side: number;
  lane: Lane;
}

export interface ClipRequest {
  video: LibraryVideo;
  span: Segment;
  limits: CutLimits;
  lane: Lane;
}

export interface FoundPictures {
  key: string;
  pictures: Picture[];
  /** Nothing had to be decoded. */
  cached: boolean;
  decodeMs: number;
  encodeMs: number;
  queuedMs: number;
}

/** What a stretch of a clip counts as: models that take clips read two frames together. */
export function framesCounted({ startSeconds, endSeconds }: Segment, { fps }: Pick<CutLimits, 'fps'>, { opened }: LibraryVideo): number {
  return Math.max(1, Math.ceil(((endSeconds - startSeconds) * Math.min(fps, opened.facts.fps)) / 2));
}

/** Frames as JPEG pictures, for models that are sent pictures: from memory, or made — once, however many ask. */
export class PictureSource {
  private readonly making = new SharedTasks<FoundPictures, StageProgress>();
  private readonly recent = new Map<string, Picture[]>();

  /**
   * @param decoding the queue of all that decodes
   * @param scratch a folder for pictures on their way
   */
  constructor(
    private readonly video: VideoParts,
    private readonly ffmpeg: FfmpegFinder,
    private readonly decoding: FairQueue,
    private readonly scratch: () => Promise<string>,
  ) {}

  /** @throws what decoding throws; VideoUnknown if the file was changed since it was opened */
  async get(request: PictureRequest, token: CancellationToken, onStage: (progress: StageProgress) => void): Promise<FoundPictures> {
    const { video, plan, side } = request;
    const key = JSON.stringify([video.opened.facts.contentHash, plan.indices, side]);
    const known = this.recent.get(key);
    if (known) {
      this.remember(key, known);
      return { key, pictures: known, cached: true, decodeMs: 0, encodeMs: 0, queuedMs: 0 };
    }
    return this.making.join(key, (report, shared) => this.make(key, request, report, shared), token, onStage);
  }

  /** A stretch of a clip as one small mp4; undefined where it does not get small enough. @throws as {@link get} */
  async clip({ video, span, limits, lane }: ClipRequest, token: CancellationToken, onStage: (progress: StageProgress) => void): Promise<FoundPictures | undefined> {
    const key = JSON.stringify(['clip', video.opened.facts.contentHash, span, limits]);
    const known = this.recent.get(key);
    if (known) {
      this.remember(key, known);
      return { key, pictures: known, cached: true, decodeMs: 0, encodeMs: 0, queuedMs: 0 };
    }
    const arrived = performance.now();
    let started = arrived;
    const cut = async (): Promise<Picture[]> => {
      started = performance.now();
      onStage({ stage: 'decoding' });
      const outFolder = await mkdtemp(join(await this.scratch(), 'clip-'));
      try {
        const output = join(outFolder, 'clip.mp4');
        const isMade = await this.video.cut?.(video.opened, span, limits, await this.ffmpeg.tools(), { output, token });
        return isMade ? [{ label: '', mimeType: 'video/mp4', data: await readFile(output), frames: framesCounted(span, limits, video) }] : [];
      } finally {
        await rm(outFolder, { recursive: true, force: true });
      }
    };
    const pictures = await readUnchanged(video, token, () => this.decoding.run(lane, cut, token, () => onStage({ stage: 'queued' })));
    if (pictures.length === 0) {
      return undefined;
    }
    this.remember(key, pictures);
    return { key, pictures, cached: false, decodeMs: performance.now() - started, encodeMs: 0, queuedMs: started - arrived };
  }

  private async make(
    key: string,
    { video, plan, side, lane }: PictureRequest,
    report: (progress: StageProgress) => void,
    token: CancellationToken,
  ): Promise<FoundPictures> {
    const arrived = performance.now();
    let started = arrived;
    const decode = async (): Promise<Picture[]> => {
      started = performance.now();
      report({ stage: 'decoding', done: 0, total: plan.indices.length });
      const tools = await this.ffmpeg.tools();
      const outFolder = await mkdtemp(join(await this.scratch(), 'pictures-'));
      try {
        const paths = await this.video.write(video.opened, plan, tools, { outFolder, format: 'jpeg', maxSide: side, token });
        const { kind } = video.opened.facts;
        return await Promise.all(
          paths.map(async (path, place) => ({
            label: kind === 'video' ? `Frame at ${(plan.seconds[place] ?? 0).toFixed(1)} s:` : '',
            mimeType: 'image/jpeg',
            data: await readFile(path),
          })),
        );
      } finally {
        await rm(outFolder, { recursive: true, force: true });
      }
    };
    const pictures = await readUnchanged(video, token, () => this.decoding.run(lane, decode, token, () => report({ stage: 'queued' })));
    this.remember(key, pictures);
    return { key, pictures, cached: false, decodeMs: performance.now() - started, encodeMs: 0, queuedMs: started - arrived };
  }

  private remember(key: string, pictures: Picture[]): void {
    const bytesOf = (kept: readonly Picture[]): number => kept.reduce((sum, { data }) => sum + data.byteLength, 0);
    this.recent.delete(key);
    this.recent.set(key, pictures);
    let bytes = [...this.recent.values()].reduce((sum, kept) => sum + bytesOf(kept), 0);
    for (const [oldest, kept] of this.recent) {
      if (bytes <= memoryBytes || oldest === key) {
        break;
      }
      bytes -= bytesOf(kept);
      this.recent.delete(oldest);
    }
  }
}
