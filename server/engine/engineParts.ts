import type { CancellationToken } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import type { EditorClients } from '../backends/editor/editorClients.js';
import type { Picture, PromptPiece } from '../language/prompt.js';
import type { ProxyOptions } from '../media/makeProxy.js';
import type { SoundPeaks } from '../media/soundPeaks.js';
import type { ProxyRecipe } from '../media/proxyArguments.js';
import type { ModelEntry } from '../models/discoverModels.js';
import type { AnswerForm } from '../models/answerForm.js';
import type { BackendRules } from '../models/backendRules.js';
import type { HearingManifest, LanguageRules, Manifest, PrefixManifest, SeeingManifest } from '../models/manifest.js';
import type { FramePlan, SamplingOptions, Segment, StopReason, VideoFacts } from '../protocol/index.js';
import type { PerceptionParts } from '../perception/perceptionParts.js';
import type { Retrieval, RetrievalOpenOptions } from '../retrieval/retrieval.js';
import type { CutLimits } from '../video/cutClip.js';
import type { DecodeOptions } from '../video/decodeFrames.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import type { PlannedFrames } from '../video/planFrames.js';
import type { SoundClipsSpec } from '../video/readSoundClips.js';
import type { PreprocessSpec } from '../video/preprocessFrame.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import type { EmbeddingKeyParts } from '../vision/embeddingCache.js';
import type { Embeddings } from '../vision/embeddings.js';
import type { WeightedVector } from '../vision/prefixEncoder.js';
import type { OtherRuntime } from '../vision/sessionHost.js';

/*
 * What the engine is put together from, as it sees it. `createEngineParts` supplies the real ones; a test
 * replaces single parts to inject faults.
 */

export type { EmbeddingKeyParts, Embeddings, FfmpegTools, ModelEntry, Picture, PreprocessSpec, ProbedVideo, PromptPiece };

export interface WriteOptions {
  outFolder: string;
  format: 'png' | 'jpeg';
  maxSide?: number;
  token?: CancellationToken;
}

export interface VideoParts {
  findFfmpeg(settingPath?: string): Promise<FfmpegTools>;
  probe(path: string, tools: FfmpegTools, token?: CancellationToken): Promise<ProbedVideo>;
  plan(video: ProbedVideo, spec: string, span: Segment | undefined, maxFrames: number): Promise<PlannedFrames>;
  /** Decodes frames and brings them to the encoder's size: `[T,3,H,W]`, in the order of the indices. */
  decodePixels(
    video: ProbedVideo,
    indices: readonly number[],
    spec: PreprocessSpec,
    tools: FfmpegTools,
    options: DecodeOptions,
  ): Promise<Float32Array>;
  /** Pieces of a clip's sound: `[clips, samples]`. Left out: nothing is heard. */
  readSoundClips?(video: ProbedVideo, span: Segment, spec: SoundClipsSpec, tools: FfmpegTools, token?: CancellationToken): Promise<Float32Array>;
  write(video: ProbedVideo, plan: PlannedFrames, tools: FfmpegTools, options: WriteOptions): Promise<string[]>;
  /** Writes a stretch as a small mp4. @returns false where it does not get small enough. Left out: clips are sent as frames. */
  cut?(video: ProbedVideo, span: Segment, limits: CutLimits, tools: FfmpegTools, options: { output: string; token?: CancellationToken }): Promise<boolean>;
  /** The sentence with the frames' times that VideoChat was trained with. */
  timeMessage(plan: FramePlan, facts: VideoFacts): string;
}

export interface MediaParts {
  /** False for a clip in which a player that seeks finds no picture. */
  canBeSought(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<boolean>;
  /** Where new shots begin, in seconds. */
  findShots(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<number[]>;
  /** The same from key frames alone, about; undefined where that cannot be told. Left out: every frame is read. */
  findKeyShots?(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<number[] | undefined>;
  readSoundPeaks(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<SoundPeaks>;
  /** Makes a copy that players can play, with the original's times. */
  makeProxy(video: ProbedVideo, recipe: ProxyRecipe, tools: FfmpegTools, options: ProxyOptions): Promise<void>;
}

export interface VisionRuntime {
  readonly executionProvider: string;
  /** May change when a GPU fails and the CPU takes over. */
  readonly variant: string;
  /** While it runs it needs memory like a language model. */
  readonly isLarge?: boolean;
  encode(pixels: Float32Array, frames: number, token?: CancellationToken): Promise<Embeddings>;
  dispose(): Promise<void>;
}

/** What a model hears with. */
export interface AudioRuntime {
  encode(samples: Float32Array, token?: CancellationToken): Promise<Embeddings>;
  dispose(): Promise<void>;
}

/** What makes the prefix of a model that is shown things by one. */
export interface PrefixRuntime {
  /** @returns [layers, width] */
  encode(vectors: readonly WeightedVector[], token?: CancellationToken): Promise<Embeddings>;
  dispose(): Promise<void>;
}

export interface GenerateRequest {
  pieces: PromptPiece[];
  sampling: SamplingOptions;
  stop: { texts: string[]; ids: number[][] };
  /** GBNF with a rule `root`: the answer is one of its sentences. */
  grammar?: string;
  /** The grammar's sentences in JSON, for a backend. */
  form?: AnswerForm;
  /** Asks for {@link GenerateResult.letterLogProbs}: the answer is one of these letters. */
  letters?: readonly string[];
  /** Who asks: a backend may have to ask that client. */
  client?: string;
  /** Asks for {@link GenerateResult.logProbs}. */
  withLogProbs?: boolean;
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
  /** Of each generated token, the logarithm of its probability in the model's own distribution. */
  logProbs?: number[];
  /** The same of each letter, where the answer names one of them; left out where it does not, or the runtime does not tell. */
  letterLogProbs?: number[];
}

export interface LanguageSessionRuntime {
  countPrompt(pieces: PromptPiece[]): number;
  /** Cancelled in the middle it resolves with the stop reason `cancelled`. */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  dispose(): Promise<void>;
}

export interface LanguageRuntime {
  readonly device: string;
  readonly gpuLayers: number;
  readonly contextLength: number;
  /** Tokens of a piece of text that is not the first of its prompt. */
  countTokens(text: string): number;
  /** Pictures were refused: frames need not be sent any more. Left out: no. */
  readonly refusesImages?: boolean;
  /** It takes clips as they are, and has not refused one. Left out: no. */
  readonly takesVideo?: boolean;
  createSession(): LanguageSessionRuntime;
  /** Lets memory go that can be had back from the model's file. */
  releasePages?(): void;
  dispose(): Promise<void>;
}

export interface VisionLoadOptions {
  manifest: SeeingManifest;
  folder: string;
  executionProvider: string;
  threads: number;
  logger: Logger;
  /** Called with the file keys of a variant before it is opened. */
  verify(keys: string[]): Promise<void>;
  token: CancellationToken;
  /** ONNX Runtime with CUDA of a GPU pack that is proven and may be used. */
  cudaRuntime?: () => Promise<OtherRuntime | undefined>;
}

export type AudioLoadOptions = Pick<VisionLoadOptions, 'folder' | 'threads' | 'logger' | 'verify'> & { manifest: HearingManifest };

export type PrefixLoadOptions = Pick<VisionLoadOptions, 'folder' | 'threads' | 'logger' | 'verify'> & { manifest: PrefixManifest };

export interface LanguageLoadOptions {
  manifest: Manifest;
  /** Which of the manifest's language weights. */
  weights: LanguageRules;
  folder: string;
  device: string;
  gpuLayers: number;
  threads: number;
  logger: Logger;
  /** Folder of a GPU pack that is proven and may be used. */
  packFolder?: () => Promise<string | undefined>;
  onProgress(fraction: number): void;
}

export interface BackendOptions {
  manifest: Manifest & { backend: BackendRules };
  /** Handed over by the client. */
  apiKey?: string;
  logger: Logger;
  token: CancellationToken;
}

export interface ModelParts {
  discover(folders: string[], logger: Logger): Promise<ModelEntry[]>;
  /** File keys of the variants a model is loaded with by default. */
  requiredFiles(manifest: Manifest): string[];
  /** Compares files with the manifest's sizes and hashes; remembers the verdicts in the cache folder. */
  verify(
    entry: ModelEntry,
    keys: string[],
    onProgress: (fraction: number) => void,
    token: CancellationToken,
    cacheFolder: string,
  ): Promise<void>;
  loadVision(options: VisionLoadOptions): Promise<VisionRuntime>;
  /** Left out: models do not hear. */
  loadAudio?: (options: AudioLoadOptions) => Promise<AudioRuntime>;
  /** Left out: models are shown nothing by a prefix. */
  loadPrefix?: (options: PrefixLoadOptions) => Promise<PrefixRuntime>;
  loadLanguage(options: LanguageLoadOptions): Promise<LanguageRuntime>;
  /** Gets in touch with who answers instead of weights. */
  openBackend(options: BackendOptions): Promise<LanguageRuntime>;
}

export interface EmbeddingStore {
  get(key: string): Promise<Embeddings | undefined>;
  put(key: string, embeddings: Embeddings): Promise<void>;
  bytes(): Promise<number>;
}

export interface CacheParts {
  open(folder: string, limitBytes: number): EmbeddingStore;
  key(parts: EmbeddingKeyParts): string;
}

export interface RetrievalParts {
  /** Nothing is looked for or loaded before it is needed. */
  open(options: RetrievalOpenOptions): Retrieval;
}

export interface EngineParts {
  video: VideoParts;
  media: MediaParts;
  models: ModelParts;
  cache: CacheParts;
  perception: PerceptionParts;
  retrieval: RetrievalParts;
  /** Clients with language models of their own. */
  editors: EditorClients;
}
