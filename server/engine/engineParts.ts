import type { CancellationToken } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import type { Manifest } from '../models/manifest.js';
import type { FramePlan, SamplingOptions, Segment, StopReason, VideoFacts } from '../protocol/index.js';

/*
 * What the engine is put together from, as it sees it. `createEngineParts` supplies the real ones; a test
 * replaces single parts to inject faults.
 */

export interface FfmpegTools {
  ffmpeg: string;
  ffprobe: string;
  version: string;
}

/** A probed file. Only the video parts look beyond the facts. */
export interface OpenedVideo {
  facts: VideoFacts;
}

export interface RgbFrame {
  width: number;
  height: number;
  data: Uint8Array; // [H,W,3] RGB
}

export interface PreprocessSpec {
  width: number;
  height: number;
  fit: 'shorterSideCrop' | 'squash';
  mean: [number, number, number];
  std: [number, number, number];
}

export interface Embeddings {
  rows: number;
  width: number;
  data: Float32Array; // [rows, width]
}

export interface VideoParts {
  findFfmpeg(settingPath?: string): Promise<FfmpegTools>;
  probe(path: string, tools: FfmpegTools, token?: CancellationToken): Promise<OpenedVideo>;
  plan(video: OpenedVideo, spec: string, span: Segment | undefined, tools: FfmpegTools, token?: CancellationToken): Promise<FramePlan>;
  decode(
    video: OpenedVideo,
    indices: readonly number[],
    tools: FfmpegTools,
    options: { token?: CancellationToken; onFrame?: (done: number, total: number) => void },
  ): Promise<RgbFrame[]>;
  write(
    video: OpenedVideo,
    plan: FramePlan,
    tools: FfmpegTools,
    options: { outFolder: string; format: 'png' | 'jpeg'; maxSide?: number; token?: CancellationToken },
  ): Promise<string[]>;
  /** Answers with `[T,3,H,W]`. */
  preprocess(frames: RgbFrame[], spec: PreprocessSpec, token?: CancellationToken): Promise<Float32Array>;
  /** The sentence with the frames' times that VideoChat was trained with. */
  timeMessage(plan: FramePlan, fps: number): string;
}

export interface ModelEntry {
  folder: string;
  id: string;
  manifest?: Manifest;
  problem?: string;
}

export interface VisionRuntime {
  readonly executionProvider: string;
  readonly variant: string;
  encode(pixels: Float32Array, frames: number, token?: CancellationToken): Promise<Embeddings>;
  dispose(): Promise<void>;
}

export type PromptPiece = { kind: 'text'; text: string } | { kind: 'embeddings'; key: string; embeddings: Embeddings };

export interface GenerateRequest {
  pieces: PromptPiece[];
  sampling: SamplingOptions;
  stop: { texts: string[]; ids: number[][] };
  token?: CancellationToken;
  onPrefill?(done: number, total: number): void;
  onText?(delta: string): void;
}

export interface GenerateResult {
  text: string;
  stopReason: StopReason;
  promptTokens: number;
  reusedTokens: number;
  prefilledTokens: number;
  generatedTokens: number;
  prefillMs: number;
  generateMs: number;
}

export interface LanguageSessionRuntime {
  countPrompt(pieces: PromptPiece[]): number;
  generate(request: GenerateRequest): Promise<GenerateResult>;
  dispose(): Promise<void>;
}

export interface LanguageRuntime {
  readonly device: string;
  readonly gpuLayers: number;
  readonly contextLength: number;
  createSession(): LanguageSessionRuntime;
  dispose(): Promise<void>;
}

export interface VisionLoadOptions {
  manifest: Manifest;
  folder: string;
  executionProvider: string;
  threads: number;
  logger: Logger;
}

export interface LanguageLoadOptions {
  manifest: Manifest;
  folder: string;
  device: string;
  gpuLayers: number;
  threads: number;
  logger: Logger;
  onProgress?(fraction: number): void;
}

export interface ModelParts {
  discover(folders: string[], logger: Logger): Promise<ModelEntry[]>;
  /** Compares the files with the manifest's sizes and hashes. */
  verify(entry: ModelEntry, onProgress: (fraction: number) => void, token: CancellationToken): Promise<void>;
  loadVision(options: VisionLoadOptions): Promise<VisionRuntime>;
  loadLanguage(options: LanguageLoadOptions): Promise<LanguageRuntime>;
}

export interface EmbeddingStore {
  get(key: string): Promise<Embeddings | undefined>;
  put(key: string, embeddings: Embeddings): Promise<void>;
  bytes(): Promise<number>;
}

export interface EmbeddingKeyParts {
  contentHash: string;
  indices: readonly number[];
  preprocess: PreprocessSpec;
  modelHash: string;
}

export interface CacheParts {
  open(folder: string, limitBytes: number): EmbeddingStore;
  key(parts: EmbeddingKeyParts): string;
}

export interface EngineParts {
  video: VideoParts;
  models: ModelParts;
  cache: CacheParts;
}
