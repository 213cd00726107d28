import type { CancellationToken } from '../common/cancellation.js';
import type { FairQueue, Lane } from '../common/fairQueue.js';
import { type LibraryVideo, readUnchanged } from '../engine/videoLibrary.js';
import { ErrorCode, type Phrase, VideoChatError } from '../protocol/index.js';
import { decodeEach } from '../video/decodeFrames.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { frameSeconds } from '../video/probeVideo.js';
import type { FrameOnlooker } from './frameOnlooker.js';
import { withObjects } from './modelHashes.js';
import type { FrameSights, SightKind } from './observations.js';
import type { Perception, RgbFrame } from './perception.js';
import { makeThumbnail } from './sampling/thumbnail.js';
import type { ClipObservations } from './store/clipObservations.js';

export interface FrameLookerOptions {
  video: LibraryVideo;
  clip: ClipObservations;
  perception: Pick<Perception, 'look'>;
  kinds: readonly SightKind[];
  /** Of the whole server: one clip is decoded at a time for being looked at. */
  queue: FairQueue;
  lane: Lane;
  tools: FfmpegTools;
  token: CancellationToken;
  onlooker?: FrameOnlooker;
}

/** Frames decoded in one turn of the queue. */
const framesPerTurn = 16;
/** Larger pictures show the models nothing more. */
const maxSide = 960;
/** So often a damaged stretch is cut in halves to find the frames around it. */
const mostHalvings = 40;

/** Looks at frames of one clip, those that nobody has looked at yet, and tells the clip's observations. */
export class FrameLooker {
  /** Frames that cannot be decoded. */
  readonly unreadable = new Set<number>();
  /** Kinds that cannot be looked for after all, and why. */
  readonly broken = new Map<SightKind, string | Phrase>();
  private halvings = 0;

  constructor(private readonly options: FrameLookerOptions) {}

  /**
   * @param onLooked called with the number of `frames` that are done
   * @throws VideoUnknown, FfmpegFailed, FfmpegMissing, RequestCancelled
   */
  async look(frames: readonly number[], onLooked: (done: number) => void): Promise<void> {
    const { video, queue, lane, token, clip, onlooker } = this.options;
    const isDone = (frame: number): boolean => !this.needs(frame) || this.unreadable.has(frame);
    let left = frames.filter((frame) => !isDone(frame));
    while (left.length > 0) {
      const turn = left.slice(0, framesPerTurn);
      await queue.run(
        lane,
        () =>
          readUnchanged(video, token, async () => {
            try {
              // Meanwhile another request may have looked at some of them.
              await this.decode(turn.filter((frame) => !isDone(frame)));
            } finally {
              await clip.flush();
              await onlooker?.pause();
            }
          }),
        token,
      );
      left = left.slice(framesPerTurn).filter((frame) => !isDone(frame));
      onLooked(frames.filter(isDone).length);
    }
  }

  private get kinds(): SightKind[] {
    return this.options.kinds.filter((kind) => !this.broken.has(kind));
  }

  private needs(frame: number): boolean {
    const missing = this.options.clip.missing(frame, this.kinds);
    return missing === undefined || missing.length > 0 || (this.options.onlooker?.wants(frame) ?? false);
  }

  private async decode(frames: readonly number[]): Promise<void> {
    if (frames.length === 0) return;
    const { video, tools, token } = this.options;
    try {
      await decodeEach(video.opened, frames, tools, { token, maxSide, impatient: true }, (frame, picture) => this.see(frame, picture));
    } catch (error) {
      if (!(error instanceof VideoChatError) || error.code !== ErrorCode.VideoTruncated) throw error;
      const left = frames.filter((frame) => this.needs(frame));
      if (left.length <= 1 || ++this.halvings > mostHalvings) {
        left.forEach((frame) => this.unreadable.add(frame));
        return;
      }
      const middle = left.length >> 1;
      await this.decode(left.slice(0, middle));
      await this.decode(left.slice(middle));
    }
  }

  private async see(frame: number, picture: RgbFrame): Promise<void> {
    const { clip, onlooker, video } = this.options;
    const unknown = clip.missing(frame, this.kinds);
    if (unknown === undefined || unknown.length > 0) {
      const { sights, looked } = await this.lookFor(picture, withObjects(unknown ?? this.kinds));
      clip.add(frame, makeThumbnail(picture), looked, sights);
    }
    if (onlooker?.wants(frame)) {
      await onlooker.see(frame, frameSeconds(video.opened, frame), picture);
    }
  }

  private async lookFor(picture: RgbFrame, kinds: readonly SightKind[]): Promise<{ sights: FrameSights; looked: SightKind[] }> {
    if (kinds.length === 0) {
      return { sights: {}, looked: [] };
    }
    const { perception, token } = this.options;
    try {
      return { sights: await perception.look(picture, kinds, token), looked: [...kinds] };
    } catch (error) {
      const reason = unavailable(error);
      if (reason === undefined) throw error;
    }
    // One of them does not work: which?
    const parts = [];
    for (const kind of kinds) {
      parts.push(await this.lookForOne(picture, kind, kind === 'poses' ? withObjects([kind]) : [kind]));
    }
    return { sights: Object.assign({}, ...parts.map(({ sights }) => sights)) as FrameSights, looked: parts.flatMap(({ looked }) => looked) };
  }

  private async lookForOne(picture: RgbFrame, kind: SightKind, asked: readonly SightKind[]): Promise<{ sights: FrameSights; looked: SightKind[] }> {
    try {
      const { [kind]: seen } = await this.options.perception.look(picture, asked, this.options.token);
      return { sights: seen === undefined ? {} : { [kind]: seen }, looked: [kind] };
    } catch (error) {
      const reason = unavailable(error);
      if (reason === undefined) throw error;
      this.broken.set(kind, reason);
      return { sights: {}, looked: [] };
    }
  }
}

function unavailable(error: unknown): string | Phrase | undefined {
  return error instanceof VideoChatError && error.code === ErrorCode.PerceptionUnavailable ? error.phrases.message : undefined;
}
