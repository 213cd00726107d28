import type { FrameOnlooker } from '../../perception/frameOnlooker.js';
import type { RgbFrame } from '../../perception/perception.js';
import { ErrorCode, VideoChatError } from '../../protocol/index.js';
import type { Retrieval, RetrievalModel } from '../../retrieval/retrieval.js';
import type { SearchThread } from '../searchThread.js';
import { packVectors } from './pictureVectors.js';

export interface FrameEmbedderOptions {
  /** Of the clip. */
  path: string;
  content: string;
  model: RetrievalModel;
  retrieval: Pick<Retrieval, 'embedPicture'>;
  thread: Pick<SearchThread, 'call'>;
}

/** Frames kept at once: a killed server loses no more. */
const framesAtOnce = 64;
/** So many frames in succession that break the model: then it is not the frames. */
const brokenFrames = 3;

/** Embeds the frames of one clip while they are decoded for being looked at, those that were not embedded before. */
export class FrameEmbedder implements FrameOnlooker {
  readonly key: string;
  /** Why no more frames are embedded. */
  problem: VideoChatError | undefined;
  private waiting: { frame: number; seconds: number; vector: Float32Array }[] = [];
  private broken = 0;

  private constructor(
    private readonly options: FrameEmbedderOptions,
    private readonly seen: Set<number>,
  ) {
    this.key = options.model.sha256;
  }

  /** @throws SearchUnavailable */
  static async open(options: FrameEmbedderOptions): Promise<FrameEmbedder> {
    const { thread, content, model } = options;
    return new FrameEmbedder(options, new Set(await thread.call('framesSeen', { content, model: model.sha256 })));
  }

  wants(frame: number): boolean {
    return this.problem === undefined && !this.seen.has(frame);
  }

  async see(frame: number, seconds: number, picture: RgbFrame): Promise<void> {
    try {
      // Others may wait for the same look: who asked first does not end it.
      const vector = await this.options.retrieval.embedPicture(picture);
      this.seen.add(frame);
      this.broken = vector ? 0 : this.broken + 1;
      if (vector) {
        this.waiting.push({ frame, seconds, vector });
      } else if (this.broken >= brokenFrames) {
        this.problem = new VideoChatError(ErrorCode.RetrievalUnavailable, 'The process of the model that finds pictures by words keeps breaking.');
      }
    } catch (error) {
      if (!(error instanceof VideoChatError) || error.code !== ErrorCode.RetrievalUnavailable) {
        throw error;
      }
      this.problem = error;
    }
  }

  async pause(): Promise<void> {
    if (this.waiting.length >= framesAtOnce) {
      await this.keep();
    }
  }

  /** Keeps what was embedded, and whose clip it is. @throws SearchUnavailable, DiskFull */
  async keep(): Promise<void> {
    const { path, content, model, thread } = this.options;
    const some = this.waiting;
    this.waiting = [];
    const packed = packVectors(some.map(({ vector }) => vector), model.width);
    const frames = Uint32Array.from(some, ({ frame }) => frame);
    const seconds = Float32Array.from(some, ({ seconds: at }) => at);
    await thread.call('keepPictures', { path, pictures: { content, model: model.sha256, frames, seconds, ...packed } });
  }
}
