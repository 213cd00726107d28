import type { CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { Logger } from '../common/logger.js';
import { SharedTasks } from '../common/sharedTasks.js';
import { outputOf, outputRows } from '../models/outputRows.js';
import type { ChatStage, FramePlan } from '../protocol/index.js';
import type { EmbeddingStore, Embeddings, EngineParts, PreprocessSpec } from './engineParts.js';
import type { FfmpegFinder } from './ffmpegFinder.js';
import { type SeeingModel, visionHash } from './loadedModel.js';
import { type LibraryVideo, readUnchanged } from './videoLibrary.js';

/** Embeddings kept in memory besides the cache on disk, in bytes. */
const memoryBytes = 64 * 1024 * 1024;

export interface EmbeddingRequest {
  video: LibraryVideo;
  plan: FramePlan;
  model: SeeingModel;
  /** The queue of the model's encoder. */
  encoding: FairQueue;
  lane: Lane;
}

export interface StageProgress {
  stage: ChatStage;
  done?: number;
  total?: number;
}

export interface FoundEmbeddings {
  /** Same key, same values: the language model's KV cache goes by it. */
  key: string;
  embeddings: Embeddings;
  cached: boolean;
  decodeMs: number;
  encodeMs: number;
  queuedMs: number;
}

/** How the frames of this kind of file go into this model. */
export function preprocessSpec(model: SeeingModel, kind: 'video' | 'image'): PreprocessSpec {
  const { preprocess } = model.manifest;
  return { ...preprocess[kind], mean: preprocess.mean, std: preprocess.std };
}

/** Visual embeddings by what they show: from memory, from disk, or made — once, however many ask. */
export class EmbeddingSource {
  /** Decoding costs memory and all cores: one clip at a time. */
  readonly decoding = new FairQueue();
  private readonly making = new SharedTasks<FoundEmbeddings, StageProgress>();
  private readonly recent = new Map<string, Embeddings>();

  constructor(
    private readonly parts: EngineParts,
    private readonly store: EmbeddingStore,
    private readonly ffmpeg: FfmpegFinder,
    private readonly logger: Logger,
  ) {}

  async get(
    request: EmbeddingRequest,
    token: CancellationToken,
    onStage: (progress: StageProgress) => void,
  ): Promise<FoundEmbeddings> {
    const key = this.keyOf(request);
    const embeddings = this.recent.get(key) ?? (await this.fromDisk(key, request));
    if (embeddings) {
      this.remember(key, embeddings);
      return { key, embeddings, cached: true, decodeMs: 0, encodeMs: 0, queuedMs: 0 };
    }
    return this.making.join(key, (report, shared) => this.make(request, report, shared), token, onStage);
  }

  private keyOf({ video, plan, model }: EmbeddingRequest): string {
    const { contentHash, kind } = video.opened.facts;
    const preprocess = preprocessSpec(model, kind);
    return this.parts.cache.key({ contentHash, indices: plan.indices, preprocess, modelHash: visionHash(model, kind) });
  }

  private async make(
    request: EmbeddingRequest,
    report: (progress: StageProgress) => void,
    token: CancellationToken,
  ): Promise<FoundEmbeddings> {
    const { video, plan, model, lane } = request;
    const wait = (): void => report({ stage: 'queued' });
    const arrived = performance.now();
    let started = arrived;

    const decode = async (): Promise<Float32Array> => {
      started = performance.now();
      report({ stage: 'decoding', done: 0, total: plan.indices.length });
      const tools = await this.ffmpeg.tools();
      const spec = preprocessSpec(model, video.opened.facts.kind);
      const onFrame = (done: number): void => report({ stage: 'decoding', done, total: plan.indices.length });
      return this.parts.video.decodePixels(video.opened, plan.indices, spec, tools, { token, onFrame });
    };
    const pixels = await readUnchanged(video, token, () => this.decoding.run(lane, decode, token, wait));
    const decoded = performance.now();

    let encodeStart = decoded;
    const encode = async (): Promise<Embeddings> => {
      encodeStart = performance.now();
      report({ stage: 'encoding', done: 0, total: 1 });
      const vision = (await model.openVision(video.opened.facts.kind)) ?? model.vision;
      if (vision.isLarge) {
        model.releasePages();
      }
      return vision.encode(pixels, plan.indices.length, token);
    };
    const embeddings = await request.encoding.run(lane, encode, token, wait);
    const encodeMs = performance.now() - encodeStart;
    // Not the key it was looked for by if a GPU gave up meanwhile and another variant took over.
    const madeBy = this.keyOf(request);
    this.remember(madeBy, embeddings);
    await this.toDisk(madeBy, embeddings);
    return {
      key: madeBy,
      embeddings,
      cached: false,
      decodeMs: decoded - started,
      encodeMs,
      queuedMs: started - arrived + (encodeStart - decoded),
    };
  }

  private async fromDisk(key: string, { model, video, plan }: EmbeddingRequest): Promise<Embeddings | undefined> {
    try {
      const found = await this.store.get(key);
      const output = outputOf(model.manifest.encoder, video.opened.facts.kind);
      return found?.rows === outputRows(output, plan.indices.length) && found.width === output.width ? found : undefined;
    } catch (error) {
      this.logger.log('warn', `The embedding cache cannot be read: ${String(error)}`);
      return undefined;
    }
  }

  private async toDisk(key: string, embeddings: Embeddings): Promise<void> {
    try {
      await this.store.put(key, embeddings);
    } catch (error) {
      this.logger.log('warn', `The embedding cache cannot be written: ${String(error)}`);
    }
  }

  private remember(key: string, embeddings: Embeddings): void {
    this.recent.delete(key);
    this.recent.set(key, embeddings);
    let bytes = 0;
    for (const kept of this.recent.values()) {
      bytes += kept.data.byteLength;
    }
    for (const [oldest, kept] of this.recent) {
      if (bytes <= memoryBytes || oldest === key) {
        break;
      }
      bytes -= kept.data.byteLength;
      this.recent.delete(oldest);
    }
  }
}
