import { describeBackend } from '../backends/describeBackend.js';
import type { CancellationToken } from '../common/cancellation.js';
import { FairQueue } from '../common/fairQueue.js';
import type { Logger } from '../common/logger.js';
import { reasonOf } from '../common/phraseError.js';
import { SharedTask } from '../common/sharedTask.js';
import type { Translate } from '../common/translator.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { type Manifest, mediaLimitsOf } from '../models/manifest.js';
import { halvesOf, textHalfOf } from '../models/textHalf.js';
import {
  ErrorCode,
  type ModelInfo,
  type ModelLoadProgress,
  type ModelState,
  type ModelStatus,
  type Phrase,
  phrase,
  VideoChatError,
} from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type { LanguageRuntime, ModelEntry, ModelParts } from './engineParts.js';
import { type LoadedModel, loadModel } from './loadedModel.js';

/** The right to use a loaded model; it is not unloaded before all leases were released. */
export interface ModelLease {
  readonly model: LoadedModel;
  release(): void;
}

/** One model that was found: its manifest, whether it is loaded, and who waits for it. */
export class ModelSlot {
  /** One clip is encoded at a time, */
  readonly encoding = new FairQueue();
  /** and one answer generated, or as many as a backend takes; another request's encoding may go on beside it. */
  generation: FairQueue;

  private loaded: LoadedModel | undefined;
  private loading: SharedTask<LoadedModel, ModelLoadProgress> | undefined;
  private unloading: Promise<void> | undefined;
  private problem: string | Phrase | undefined;
  private leases = 0;
  private onIdle: (() => void) | undefined;

  constructor(
    private entry: ModelEntry,
    private readonly parts: ModelParts,
    private readonly settings: EngineSettings,
    private readonly logger: Logger,
  ) {
    this.generation = new FairQueue(widthOf(entry));
  }

  /** Takes what a new look at the disk found; a model in use keeps its manifest. */
  update(entry: ModelEntry): void {
    if (this.state !== 'ready' && this.state !== 'loading') {
      this.take(entry);
    }
  }

  /** Makes another model of it when what it is doing has ended; requests that come meanwhile get the new one. */
  replace(entry: ModelEntry): void {
    const unloaded = (this.unloading ?? Promise.resolve()).then(() => this.unloadNow());
    const replaced = unloaded.then(() => {
      this.take(entry);
      this.problem = undefined;
    });
    const mine = replaced.finally(() => {
      if (this.unloading === mine) {
        this.unloading = undefined;
      }
    });
    this.unloading = mine;
  }

  get state(): ModelState {
    if (this.loaded) {
      return 'ready';
    }
    return this.loading ? 'loading' : this.problem === undefined ? 'unloaded' : 'failed';
  }

  /** @throws VideoChatError ManifestInvalid if the manifest cannot be used */
  get manifest(): Manifest {
    return this.usable().manifest;
  }

  /** SHA-256 of the manifest's file; left out where there is no file. */
  get manifestHash(): string | undefined {
    return this.entry.manifestHash;
  }

  /** Loads the model unless it is loaded, and keeps it so until the lease is released. */
  async acquire(token?: CancellationToken, onProgress?: (progress: ModelLoadProgress) => void): Promise<ModelLease> {
    while (this.unloading ?? this.loading?.abandoned) {
      await untilCancelled(this.unloading ?? this.loading?.settled() ?? Promise.resolve(), token);
    }
    const entry = this.usable();
    this.leases++;
    try {
      const model = this.loaded ?? (await (this.loading ?? this.startLoading(entry)).join(token, onProgress));
      let released = false;
      return {
        model,
        release: () => {
          if (!released) {
            released = true;
            this.release();
          }
        },
      };
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Frees the model when what it is doing has ended. Requests that come meanwhile load it again. */
  async unload(): Promise<void> {
    this.unloading ??= this.unloadNow().finally(() => (this.unloading = undefined));
    await this.unloading;
  }

  /** @param translate into the language of who asks */
  status(translate: Translate): ModelStatus {
    const problem = this.entry.problem ?? this.problem;
    const model = this.loaded;
    const reader = model?.loadedReader;
    return {
      modelId: this.entry.id,
      state: this.state,
      ...(model && {
        ...(model.vision ? { vision: { executionProvider: model.vision.executionProvider, variant: model.vision.variant } } : {}),
        language: languageStatus(model.language, model.manifest.language.default),
        ...(reader && reader !== model.language ? { timeline: languageStatus(reader, textHalfOf(model.manifest).language.default) } : {}),
      }),
      queued: this.encoding.waiting + this.generation.waiting,
      problem: problem === undefined ? undefined : translate(problem),
    };
  }

  /** @param translate into the language of who asks */
  info(translate: Translate): ModelInfo {
    const { id, manifest, dualEncoder, problem = this.problem } = this.entry;
    const halves = manifest ? [manifest.encoder, manifest.language, manifest.timeline?.language] : [];
    const keys = dualEncoder ? Object.keys(dualEncoder.files) : halves.flatMap((half) => half?.variants[half.default] ?? []);
    const { name = id, description = '', version = '', licence = '', abilities = [], demonstration = false, files = {} } = manifest ?? dualEncoder ?? {};
    return {
      ...{ id, name, description, version, licence, demonstration, abilities: [...abilities] },
      ...(manifest ? { halves: halvesOf(manifest) } : dualEncoder ? { halves: [] } : {}),
      ...(manifest ? { media: mediaLimitsOf(manifest) } : {}),
      ...(manifest?.timeline?.prompts?.questions ? { timelineQuestions: [...manifest.timeline.prompts.questions] } : {}),
      plan: manifest?.framePlan ?? '',
      bytes: keys.reduce((sum, key) => sum + (files[key]?.bytes ?? 0), 0),
      state: this.state,
      ...(manifest?.backend ? { remote: describeBackend(manifest.backend) } : {}),
      problem: problem === undefined ? undefined : translate(problem),
    };
  }

  private take(entry: ModelEntry): void {
    if (widthOf(entry) !== widthOf(this.entry)) {
      this.generation = new FairQueue(widthOf(entry));
    }
    this.entry = entry;
  }

  private usable(): ModelEntry & { manifest: Manifest } {
    const { id, manifest, dualEncoder, problem } = this.entry;
    if (dualEncoder) {
      throw new VideoChatError(ErrorCode.ModelCannotAnswer, phrase`The model "${id}" is there for searching; it answers no questions.`, {
        hint: 'Choose another model.',
        subject: id,
      });
    }
    if (!manifest) {
      throw new VideoChatError(ErrorCode.ManifestInvalid, problem ?? phrase`The manifest of "${id}" cannot be used.`, {
        hint: 'Correct the manifest; models/README.md describes every field.',
        subject: id,
      });
    }
    return { ...this.entry, manifest };
  }

  private startLoading(entry: ModelEntry & { manifest: Manifest }): SharedTask<LoadedModel, ModelLoadProgress> {
    const task = new SharedTask<LoadedModel, ModelLoadProgress>(async (report, token) => {
      try {
        this.loaded = await loadModel(entry, this.parts, this.settings, this.logger, report, token);
        this.problem = undefined;
        return this.loaded;
      } catch (error) {
        const cancelled = error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled;
        this.problem = cancelled ? undefined : reasonOf(error);
        throw error;
      } finally {
        this.loading = undefined;
      }
    });
    this.loading = task;
    return task;
  }

  private release(): void {
    if (--this.leases === 0) {
      this.onIdle?.();
    }
  }

  private async unloadNow(): Promise<void> {
    await this.loading?.settled();
    if (this.leases > 0) {
      await new Promise<void>((resolve) => (this.onIdle = resolve));
      this.onIdle = undefined;
    }
    const model = this.loaded;
    this.loaded = undefined;
    await model?.dispose();
  }
}

/** Answers that may be generated at once. */
function widthOf({ manifest }: ModelEntry): number {
  return manifest?.backend?.concurrency ?? 1;
}

function languageStatus({ device, gpuLayers, contextLength }: LanguageRuntime, variant: string): NonNullable<ModelStatus['language']> {
  return { device, gpuLayers, contextLength, variant };
}
