import { CancellationToken } from 'vscode-jsonrpc/node';
import { throwIfCancelled } from '../common/cancellation.js';
import { Lazy } from '../common/lazy.js';
import type { Logger } from '../common/logger.js';
import { SharedTask } from '../common/sharedTask.js';
import { hasEncoder, type LanguageRules, type Manifest, type SeeingManifest } from '../models/manifest.js';
import { languageFiles } from '../models/modelFiles.js';
import { textHalfOf } from '../models/textHalf.js';
import { ErrorCode, type ModelLoadProgress, phrase, VideoChatError } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import { type EncoderDomain, readEncoderDomain } from '../vision/encoderDomain.js';
import type {
  AudioRuntime,
  LanguageRuntime,
  LanguageSessionRuntime,
  ModelEntry,
  ModelParts,
  PrefixRuntime,
  VisionRuntime,
} from './engineParts.js';

/** Loads the weights that read timelines, where they are others than those that read embeddings. */
type LoadReader = (report: (progress: ModelLoadProgress) => void, token: CancellationToken) => Promise<LanguageRuntime>;

/** Graphs that not every model has, and not every question needs. */
interface LaterGraphs {
  /** For pictures, where it is another than that for clips. */
  pictures?: Lazy<VisionRuntime> | undefined;
  /** What it hears with. */
  audio?: Lazy<AudioRuntime> | undefined;
  /** What makes its prefix. */
  prefix?: Lazy<PrefixRuntime> | undefined;
}

/** A model in memory, and the sessions that hold its KV caches. */
export class LoadedModel {
  private readonly sessions = new Set<LanguageSessionRuntime>();
  private ownReader: LanguageRuntime | undefined;
  private loadingReader: SharedTask<LanguageRuntime, ModelLoadProgress> | undefined;
  private pictures: VisionRuntime | undefined;

  constructor(
    readonly manifest: Manifest,
    /** None in a model of texts alone. */
    readonly vision: VisionRuntime | undefined,
    readonly language: LanguageRuntime,
    private readonly loadReader?: LoadReader,
    /** What the encoder was trained on, where the manifest tells. */
    readonly domain?: EncoderDomain,
    private readonly later: LaterGraphs = {},
  ) {}

  /** What hears clips; opened when the first is heard. Call with a lease. @throws what loading a model throws */
  openAudio(): Promise<AudioRuntime> {
    if (!this.later.audio) {
      throw new Error('The model does not hear.');
    }
    return this.later.audio.get();
  }

  /** What makes the prefix; opened when the first is made. Call with a lease. @throws what loading a model throws */
  openPrefix(): Promise<PrefixRuntime> {
    if (!this.later.prefix) {
      throw new Error('The model has no prefix.');
    }
    return this.later.prefix.get();
  }

  /** What looks at files of a kind, if it is in memory; see {@link openVision}. */
  loadedVision(kind: 'video' | 'image'): VisionRuntime | undefined {
    return kind === 'image' && this.later.pictures ? this.pictures : this.vision;
  }

  /**
   * What looks at files of a kind. A graph for pictures is opened when the first is looked at and stays as long as the
   * model does. Call with a lease.
   *
   * @throws what loading a model throws
   */
  async openVision(kind: 'video' | 'image'): Promise<VisionRuntime | undefined> {
    const { pictures } = this.later;
    if (kind !== 'image' || !pictures) {
      return this.vision;
    }
    return (this.pictures = await pictures.get());
  }

  /** What answers from text, if it is in memory. */
  get loadedReader(): LanguageRuntime | undefined {
    return this.loadReader ? this.ownReader : this.language;
  }

  /**
   * What answers from text: the language model, or weights of its own that are verified and loaded when they are first
   * asked for and stay as long as the model does. Call with a lease.
   *
   * @throws what loading a model throws
   */
  async reader(token: CancellationToken, onProgress?: (progress: ModelLoadProgress) => void): Promise<LanguageRuntime> {
    const { loadReader } = this;
    if (!loadReader) {
      return this.language;
    }
    while (this.loadingReader?.abandoned) {
      await this.loadingReader.settled();
    }
    if (this.ownReader) {
      return this.ownReader;
    }
    this.loadingReader ??= new SharedTask<LanguageRuntime, ModelLoadProgress>(async (report, shared) => {
      try {
        return (this.ownReader = await loadReader(report, shared));
      } finally {
        this.loadingReader = undefined;
      }
    });
    return this.loadingReader.join(token, onProgress);
  }

  /** @param language whose cache it is: {@link language}, unless it is the {@link reader} */
  createSession(language = this.language): LanguageSessionRuntime {
    const session = language.createSession();
    this.sessions.add(session);
    return session;
  }

  async closeSession(session: LanguageSessionRuntime): Promise<void> {
    if (this.sessions.delete(session)) {
      await session.dispose();
    }
  }

  /** Lets memory go that can be had back from the model's files. */
  releasePages(): void {
    this.language.releasePages?.();
    this.ownReader?.releasePages?.();
  }

  async dispose(): Promise<void> {
    await this.loadingReader?.settled();
    for (const session of this.sessions) {
      await session.dispose();
    }
    this.sessions.clear();
    await this.ownReader?.dispose();
    await this.language.dispose();
    const { pictures, audio, prefix } = this.later;
    await pictures?.dispose();
    await audio?.dispose();
    await prefix?.dispose();
    await this.vision?.dispose();
  }
}

/** A model with an encoder. */
export type SeeingModel = LoadedModel & { readonly manifest: SeeingManifest; readonly vision: VisionRuntime };

/** @throws VideoChatError InvalidParams if the model reads texts alone */
export function seeingModel(model: LoadedModel): SeeingModel {
  const sees = (loaded: LoadedModel): loaded is SeeingModel => hasEncoder(loaded.manifest) && loaded.vision !== undefined;
  if (!sees(model)) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The model "${model.manifest.id}" reads texts alone and looks at no pictures.`, {
      hint: 'Let it answer from the timeline, or choose a model with the ability "chat".',
      subject: model.manifest.id,
    });
  }
  return model;
}

/** Hash of the encoder's file: part of what embeddings are cached by. */
export function visionHash(model: SeeingModel, kind: 'video' | 'image'): string {
  const { encoder, files } = model.manifest;
  const { variants, default: usual } = (kind === 'image' ? encoder.image : undefined) ?? encoder;
  const variant = model.loadedVision(kind)?.variant ?? usual;
  return files[variants[variant] ?? '']?.sha256 ?? variant;
}

/** Verifies the files of a model and loads its halves, one after the other: memory peaks once. */
export async function loadModel(
  entry: ModelEntry & { manifest: Manifest },
  parts: ModelParts,
  settings: EngineSettings,
  logger: Logger,
  report: (progress: ModelLoadProgress) => void,
  token: CancellationToken,
): Promise<LoadedModel> {
  const { manifest, folder } = entry;
  const { backend } = manifest;
  if (backend) {
    report({ stage: 'language', fraction: 0 });
    const { apiKey } = entry;
    return new LoadedModel(manifest, undefined, await parts.openBackend({ manifest: { ...manifest, backend }, ...(apiKey === undefined ? {} : { apiKey }), logger, token }));
  }
  type Report = typeof report;
  const verify = (keys: string[], tell: Report, cancelled: CancellationToken): Promise<void> => {
    tell({ stage: 'verify', fraction: 0 });
    return parts.verify(entry, keys, (fraction) => tell({ stage: 'verify', fraction }), cancelled, settings.cacheFolder);
  };
  const { executionProvider, threads, languageDevice: device, gpuLayers } = settings;
  // Not cancelled once it has begun: what is loaded serves the next question.
  const loadLanguage = async (weights: LanguageRules, tell: Report): Promise<LanguageRuntime> => {
    tell({ stage: 'language', fraction: 0 });
    const onProgress = (fraction: number): void => tell({ stage: 'language', fraction });
    const language = await parts.loadLanguage({ manifest, weights, folder, device, gpuLayers, threads, logger, onProgress });
    tell({ stage: 'language', fraction: 1 });
    return language;
  };

  await verify(parts.requiredFiles(manifest), report, token);
  throwIfCancelled(token);
  let vision: VisionRuntime | undefined;
  let domain: EncoderDomain | undefined;
  let later: LaterGraphs = {};
  if (hasEncoder(manifest)) {
    domain = await readEncoderDomain(manifest, folder);
    report({ stage: 'vision', fraction: 0 });
    // Another variant than the default one may be chosen for a GPU, now or later.
    const verifyLater = (keys: string[]): Promise<void> => parts.verify(entry, keys, () => undefined, CancellationToken.None, settings.cacheFolder);
    const open = (seeing: typeof manifest, cancelled: CancellationToken): Promise<VisionRuntime> =>
      parts.loadVision({
        manifest: seeing,
        folder,
        executionProvider,
        threads,
        logger,
        verify: verifyLater,
        token: cancelled,
      });
    vision = await open(manifest, token);
    const { image, ...encoder } = manifest.encoder;
    const { audio, prefix } = manifest;
    const { loadAudio, loadPrefix } = parts;
    later = {
      pictures: image && new Lazy(() => open({ ...manifest, encoder: { ...encoder, ...image } }, CancellationToken.None)),
      audio: audio && loadAudio && new Lazy(() => loadAudio({ manifest: { ...manifest, audio }, folder, threads, logger, verify: verifyLater })),
      prefix: prefix && loadPrefix && new Lazy(() => loadPrefix({ manifest: { ...manifest, prefix }, folder, threads, logger, verify: verifyLater })),
    };
  }
  try {
    throwIfCancelled(token);
    report({ stage: 'vision', fraction: 1 });
    const language = await loadLanguage(manifest.language, report);
    const { ownWeights, language: weights } = textHalfOf(manifest);
    const loadReader: LoadReader = async (tell, shared) => {
      await verify(languageFiles(weights), tell, shared);
      throwIfCancelled(shared);
      return loadLanguage(weights, tell);
    };
    return new LoadedModel(manifest, vision, language, ownWeights ? loadReader : undefined, domain, later);
  } catch (error) {
    await vision?.dispose();
    throw error;
  }
}
