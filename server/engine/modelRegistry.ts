import { presentFolders } from '../catalogue/modelHome.js';
import type { Logger } from '../common/logger.js';
import type { Translate } from '../common/translator.js';
import { ErrorCode, type ModelInfo, type ModelStatus, phrase, type RemoteModel, VideoChatError } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import { DeclaredModels } from './declaredModels.js';
import type { ModelParts } from './engineParts.js';
import { ModelSlot } from './modelSlot.js';

/** The models on this machine. The folders are looked at again whenever the list is asked for. */
export class ModelRegistry {
  private readonly slots = new Map<string, ModelSlot>();
  private readonly declared: DeclaredModels;
  private scanning: Promise<void> | undefined;

  constructor(
    private readonly parts: ModelParts,
    private readonly settings: EngineSettings,
    private readonly logger: Logger,
  ) {
    this.declared = new DeclaredModels(parts, settings, logger);
  }

  /** @param client what it has declared is listed too */
  async list(translate: Translate, client: string): Promise<ModelInfo[]> {
    await this.scan();
    return [...this.slots.values(), ...this.declared.slotsOf(client)].map((slot) => slot.info(translate));
  }

  /** Takes models without a folder from a client, instead of those it declared before. @throws ManifestInvalid */
  async declare(client: string, models: readonly RemoteModel[], translate: Translate): Promise<ModelInfo[]> {
    await this.scan();
    return this.declared.declare(client, models, (id) => this.slots.has(id)).map((slot) => slot.info(translate));
  }

  /** Statuses of the models known so far; looks at no disk. */
  statuses(translate: Translate): ModelStatus[] {
    return [...this.slots.values()].map((slot) => slot.status(translate));
  }

  /** @throws VideoChatError ModelUnknown */
  async get(modelId: string): Promise<ModelSlot> {
    const declared = this.declared.get(modelId);
    if (!declared && !this.slots.has(modelId)) {
      await this.scan();
    }
    const slot = declared ?? this.slots.get(modelId);
    if (!slot) {
      const known = [...this.slots.keys()].join(', ');
      throw new VideoChatError(ErrorCode.ModelUnknown, phrase`There is no model "${modelId}".`, {
        hint: known ? phrase`Models found: ${known}.` : 'No models were found.',
        subject: modelId,
      });
    }
    return slot;
  }

  /** Frees the memory of all models on this machine; the next question loads one again. */
  async unloadAll(): Promise<void> {
    await Promise.all([...this.slots.values()].map((slot) => slot.unload()));
  }

  async dispose(): Promise<void> {
    await Promise.all([this.declared.dispose(), this.unloadAll()]);
  }

  private async scan(): Promise<void> {
    this.scanning ??= this.scanFolders().finally(() => (this.scanning = undefined));
    await this.scanning;
  }

  private async scanFolders(): Promise<void> {
    const { modelFolders, cacheFolder } = this.settings;
    const entries = await this.parts.discover(presentFolders(modelFolders, cacheFolder), this.logger);
    for (const entry of entries) {
      const slot = this.slots.get(entry.id);
      if (slot) {
        slot.update(entry);
      } else {
        this.slots.set(entry.id, new ModelSlot(entry, this.parts, this.settings, this.logger));
      }
    }
    const found = new Set(entries.map((entry) => entry.id));
    for (const [id, slot] of this.slots) {
      if (!found.has(id) && slot.state !== 'ready' && slot.state !== 'loading') {
        this.slots.delete(id);
      }
    }
  }
}
