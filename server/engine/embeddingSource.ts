import type { CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { Logger } from '../common/logger.js';
import { SharedTasks } from '../common/sharedTasks.js';
import { outputOf, outputRows } from '../models/outputRows.js';
import { picturesInPieces } from '../models/pieceRules.js';
import type { ChatStage, FramePlan } from '../protocol/index.js';
import { picturesPerFrame } from '../video/preprocessFrame.js';
import { arrangePieces } from '../video/arrangePieces.js';
import { hasSound } from '../video/readSoundClips.js';
import type { EmbeddingStore, Embeddings, EngineParts, FfmpegTools, PreprocessSpec } from './engineParts.js';
import type { FfmpegFinder } from './ffmpegFinder.js';
import { type SeeingModel, visionHash } from './loadedModel.js';
import { tileLayout } from './tileLayout.js';
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

/** How the frames of a file go into a model. */
function preprocessSpec(model: SeeingModel, { opened: { facts } }: LibraryVideo): PreprocessSpec {
  const { mean, std, [facts.kind]: size } = model.manifest.preprocess;
  const { width, height, fit, resample, pieces } = size;
  const tiles = tileLayout(model, facts);
  return { width, height, fit, ...(resample ? { resample } : {}), mean, std, ...(tiles ? { tiles } : {}), ...(pieces ? { pieces } : {}) };
}

/** How embeddings of one kind are made. */
interface EncodingWork {
  decode(tools: FfmpegTools): Promise<Float32Array>;
  encode(decoded: Float32Array): Promise<Embeddings>;
  /** What they are kept by, once they are made. */
  key(): string;
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
    const { video, plan, model } = request;
    const output = outputOf(model.manifest.encoder, video.opened.facts.kind);
    const size = { rows: outputRows(output, plan.indices.length * picturesPerFrame(preprocessSpec(model, video))), width: output.width };
    return (await this.known(key, size)) ?? this.making.join(key, (report, shared) => this.make(request, report, shared), token, onStage);
  }

  /** What the model hears in the part of the plan; nothing where it does not hear, or there is no sound. */
  async getSound(request: EmbeddingRequest, token: CancellationToken, onStage: (progress: StageProgress) => void): Promise<FoundEmbeddings | undefined> {
    const { video, plan, model } = request;
    const { audio, files } = model.manifest;
    if (!audio || !this.parts.video.readSoundClips || !hasSound(video.opened)) {
      return undefined;
    }
    const modelHash = files[audio.variants[audio.default] ?? '']?.sha256 ?? model.manifest.id;
    const preprocess = { sound: audio.input, span: plan.span };
    const key = this.parts.cache.key({ contentHash: video.opened.facts.contentHash, indices: [], preprocess, modelHash });
    const make = (report: (progress: StageProgress) => void, shared: CancellationToken): Promise<FoundEmbeddings> =>
      this.encodeNew(request, report, shared, {
        key: () => key,
        decode: async (tools) => (await this.parts.video.readSoundClips?.(video.opened, plan.span, { ...audio.input }, tools, shared)) ?? new Float32Array(0),
        encode: async (samples) => (await model.openAudio()).encode(samples, shared),
      });
    return (await this.known(key, audio.output)) ?? this.making.join(key, make, token, onStage);
  }

  private async known(key: string, size: { rows: number; width: number }): Promise<FoundEmbeddings | undefined> {
    const embeddings = this.recent.get(key) ?? (await this.fromDisk(key, size));
    if (embeddings) {
      this.remember(key, embeddings);
      return { key, embeddings, cached: true, decodeMs: 0, encodeMs: 0, queuedMs: 0 };
    }
    return undefined;
  }

  private keyOf({ video, plan, model }: EmbeddingRequest): string {
    const { contentHash, kind } = video.opened.facts;
    const preprocess = preprocessSpec(model, video);
    return this.parts.cache.key({ contentHash, indices: plan.indices, preprocess, modelHash: visionHash(model, kind) });
  }

  private make(request: EmbeddingRequest, report: (progress: StageProgress) => void, token: CancellationToken): Promise<FoundEmbeddings> {
    const { video, plan, model } = request;
    const { kind } = video.opened.facts;
    const total = plan.indices.length;
    const spec = preprocessSpec(model, video);
    return this.encodeNew(request, report, token, {
      // Not the key it was looked for by if a GPU gave up meanwhile and another variant took over.
      key: () => this.keyOf(request),
      decode: (tools) => {
        const onFrame = (done: number): void => report({ stage: 'decoding', done, total });
        return this.parts.video.decodePixels(video.opened, plan.indices, spec, tools, { token, onFrame });
      },
      encode: async (pixels) => {
        const vision = (await model.openVision(kind)) ?? model.vision;
        if (vision.isLarge) {
          model.releasePages();
        }
        if (spec.pieces) {
          return vision.encode(arrangePieces(pixels, total, spec.pieces), picturesInPieces(total, spec.pieces), token);
        }
        return vision.encode(pixels, total * picturesPerFrame(spec), token);
      },
    });
  }

  private async encodeNew(
    { video, plan, encoding, lane }: EmbeddingRequest,
    report: (progress: StageProgress) => void,
    token: CancellationToken,
    work: EncodingWork,
  ): Promise<FoundEmbeddings> {
    const wait = (): void => report({ stage: 'queued' });
    const arrived = performance.now();
    let started = arrived;

    const decode = async (): Promise<Float32Array> => {
      started = performance.now();
      report({ stage: 'decoding', done: 0, total: plan.indices.length });
      return work.decode(await this.ffmpeg.tools());
    };
    const decodedData = await readUnchanged(video, token, () => this.decoding.run(lane, decode, token, wait));
    const decoded = performance.now();

    let encodeStart = decoded;
    const encode = (): Promise<Embeddings> => {
      encodeStart = performance.now();
      report({ stage: 'encoding', done: 0, total: 1 });
      return work.encode(decodedData);
    };
    const embeddings = await encoding.run(lane, encode, token, wait);
    const encodeMs = performance.now() - encodeStart;
    const madeBy = work.key();
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

  private async fromDisk(key: string, { rows, width }: { rows: number; width: number }): Promise<Embeddings | undefined> {
    try {
      const found = await this.store.get(key);
      return found?.rows === rows && found.width === width ? found : undefined;
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
