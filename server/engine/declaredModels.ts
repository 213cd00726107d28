import { createHash } from 'node:crypto';
import { whoAnswers } from '../backends/whoAnswers.js';
import type { Logger } from '../common/logger.js';
import { llamaServerRules } from '../models/llamaServerRules.js';
import { parseManifest } from '../models/manifest.js';
import { ErrorCode, phrase, type RemoteModel, VideoChatError } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type { ModelEntry, ModelParts } from './engineParts.js';
import { ModelSlot } from './modelSlot.js';

interface Declared {
  client: string;
  slot: ModelSlot;
  /** What was declared: another one is another model. */
  text: string;
}

/** Models without a folder, which clients have declared: others that answer elsewhere. */
export class DeclaredModels {
  private readonly models = new Map<string, Declared>();

  constructor(
    private readonly parts: ModelParts,
    private readonly settings: EngineSettings,
    private readonly logger: Logger,
  ) {}

  get(id: string): ModelSlot | undefined {
    return this.models.get(id)?.slot;
  }

  slotsOf(client: string): ModelSlot[] {
    return [...this.models.values()].filter((model) => model.client === client).map(({ slot }) => slot);
  }

  /**
   * Takes what a client declares instead of what it declared before.
   *
   * @param taken whether a model in a folder has the id
   * @throws VideoChatError ManifestInvalid if one cannot be used; then nothing has changed
   */
  declare(client: string, models: readonly RemoteModel[], taken: (id: string) => boolean): ModelSlot[] {
    const entries = models.map((model) => ({ entry: toEntry(client, model), text: JSON.stringify(model) }));
    for (const [index, { entry }] of entries.entries()) {
      const known = this.models.get(entry.id);
      const twice = entries.findIndex((other) => other.entry.id === entry.id) < index;
      if (taken(entry.id) || twice || (known && known.client !== client)) {
        throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The id "${entry.id}" is already taken by another model.`, { hint: 'Choose another id.', subject: entry.id });
      }
    }
    for (const [id, { client: owner, slot }] of this.models) {
      if (owner === client && !entries.some(({ entry }) => entry.id === id)) {
        this.models.delete(id);
        void slot.unload();
      }
    }
    return entries.map(({ entry, text }) => {
      const known = this.models.get(entry.id);
      if (known && known.text !== text) {
        known.slot.replace(entry);
      }
      const slot = known?.slot ?? new ModelSlot(entry, this.parts, this.settings, this.logger);
      this.models.set(entry.id, { client, slot, text });
      return slot;
    });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.models.values()].map(({ slot }) => slot.unload()));
  }
}

function toEntry(client: string, { id, name = id, description = '', backend, apiKey }: RemoteModel): ModelEntry {
  const rules = backend.kind === 'llama-server' ? llamaServerRules.parse(backend) : undefined;
  // Manifests know no programs to start: where this one listens is known when it does.
  const standIn = { kind: 'openai', endpoint: 'http://127.0.0.1/v1', images: rules?.images, ...(rules?.contextLength === undefined ? {} : { contextLength: rules.contextLength }) };
  const sees = backend.images === 'frames';
  const parsed = parseManifest(
    {
      schemaVersion: 1,
      ...{ id, name, description, backend: rules ? standIn : backend },
      version: '1',
      licence: '-',
      demonstration: false,
      abilities: sees ? ['chat', 'image', 'timeline'] : ['timeline'],
      media: { most: 4 },
    },
    id,
  );
  const manifest = rules ? { ...parsed, backend: rules } : parsed;
  const manifestHash = manifest.backend && createHash('sha256').update(JSON.stringify([id, whoAnswers(manifest.backend)])).digest('hex');
  return { id, folder: '', manifest, manifestHash, client, ...(apiKey === undefined ? {} : { apiKey }) };
}
