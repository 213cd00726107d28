import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { Translate } from '../common/translator.js';
import { hubEndpoint } from '../hub/hubAddress.js';
import { hubCacheFolder } from '../hub/hubCache.js';
import { WebClient } from '../hub/webClient.js';
import type { ModelRegistry } from '../engine/modelRegistry.js';
import { discoverModels, type ModelEntry } from '../models/discoverModels.js';
import {
  type CatalogueResult,
  ErrorCode,
  type ModelImportParams,
  type ModelImportResult,
  type ModelPullParams,
  type ModelPullProgress,
  type ModelPullResult,
  type ModelVerifyResult,
  phrase,
  VideoChatError,
} from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type { CatalogueRecord } from './catalogueSchema.js';
import { recommendOne, viewEntry, viewOwn } from './catalogueView.js';
import { chooseVariant } from './checkPull.js';
import { importModel } from './importModel.js';
import { readInstallRecord } from './installRecord.js';
import { readMachine } from './machine.js';
import { entryFolder, modelsHome, presentFolders } from './modelHome.js';
import { readJournal } from './pullJournal.js';
import { pullModel, type PullPlaces } from './pullModel.js';
import { catalogueFolder, readCatalogue } from './readCatalogue.js';
import { removeModel } from './removeModel.js';
import { verifyFiles } from './verifyModel.js';

/** The models that can be had: what they are, and how they come here and go. */
export class CatalogueService implements Disposable {
  private readonly places: PullPlaces;
  private readonly client: WebClient;

  /** @param modelsChanged told when a model came, changed or went that is not one of the registry's */
  constructor(
    private readonly settings: Pick<EngineSettings, 'cacheFolder' | 'modelFolders'>,
    private readonly models: ModelRegistry,
    private readonly logger: Logger,
    private readonly modelsChanged: () => void,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {
    this.places = { home: modelsHome(settings.cacheFolder), hubCache: hubCacheFolder(env) };
    this.client = new WebClient(env);
  }

  async list(translate: Translate): Promise<CatalogueResult> {
    const [records, machine, found] = await Promise.all([this.records(), readMachine(this.places.home), this.found()]);
    const folderOf = (record: CatalogueRecord): string => entryFolder(this.places.home, record);
    const modelOf = (record: CatalogueRecord): ModelEntry | undefined => found.find(({ folder }) => folder === folderOf(record));
    const entries = await Promise.all(records.map((record) => viewEntry(record, this.places, machine, translate, modelOf(record))));
    const ours = new Set(records.map(folderOf));
    const others = await Promise.all(found.filter(({ folder }) => !ours.has(folder)).map((entry) => viewOwn(entry, this.places, machine, translate)));
    return { entries: recommendOne(entries, records), others, machine };
  }

  /** @throws VideoChatError ModelUnknown, and what `pullModel` throws */
  async pull({ entryId, variant, acceptLicence = false, token: secret = this.env['HF_TOKEN'] }: ModelPullParams, translate: Translate, token: CancellationToken, onProgress: (progress: ModelPullProgress) => void): Promise<ModelPullResult> {
    const record = await this.entry(entryId);
    const choice = chooseVariant(record, variant ?? (await this.usualVariant(record, translate)));
    const endpoint = hubEndpoint(this.env);
    const access = { client: this.client, endpoint, ...(secret === undefined || secret === '' ? {} : { authorization: `Bearer ${secret}` }) };
    await this.free(entryId);
    const result = await pullModel(record, access, this.places, { choice, acceptLicence, token, onProgress });
    this.logger.log('info', `Model ${entryId} (${choice.id}) was fetched.`);
    this.modelsChanged();
    return { ...result, ...(record.runs === 'export' && record.howToRun !== undefined ? { howToRun: translate(record.howToRun) } : {}) };
  }

  /** @throws VideoChatError ModelUnknown, ManifestInvalid, RequestCancelled */
  async verify(id: string, token: CancellationToken, onProgress: (progress: { done: number; total: number }) => void): Promise<ModelVerifyResult> {
    const record = (await this.records()).find((entry) => entry.id === id);
    const folder = record && entryFolder(this.places.home, record);
    const kept = folder === undefined ? undefined : await readInstallRecord(folder);
    if (folder !== undefined && kept) {
      return verifyFiles(folder, kept.files, token, onProgress);
    }
    const entry = (await this.found()).find((each) => each.id === id);
    if (!entry) {
      throw this.unknown(id);
    }
    const manifest = entry.manifest ?? entry.dualEncoder;
    if (!manifest) {
      throw new VideoChatError(ErrorCode.ManifestInvalid, entry.problem ?? 'The manifest is not valid.', { hint: 'Correct manifest.json; models/README.md describes every field.', subject: id });
    }
    return verifyFiles(entry.folder, Object.values(manifest.files), token, onProgress);
  }

  /** @throws VideoChatError ModelUnknown, InvalidParams, ModelBusy, ModelNotWritten */
  async remove(id: string): Promise<number> {
    const record = (await this.records()).find((entry) => entry.id === id);
    const found = record ? undefined : (await this.found()).find((entry) => entry.id === id);
    const folder = record ? entryFolder(this.places.home, record) : found?.folder;
    if (folder === undefined) {
      throw this.unknown(id);
    }
    const kept = await readInstallRecord(folder);
    if (!kept && !(await readJournal(this.places.home, id))) {
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`"${id}" was neither fetched nor imported here, so it is not removed.`, {
        hint: 'Take its folder out of the folders of models, or delete it yourself.',
        subject: folder,
      });
    }
    await this.free(id);
    const freed = await removeModel(id, folder, this.places);
    this.logger.log('info', `Model ${id} was removed.`);
    this.modelsChanged();
    return freed;
  }

  /** @throws VideoChatError as `importModel` */
  async import(params: ModelImportParams, token: CancellationToken, onProgress: (progress: { done: number; total: number }) => void): Promise<ModelImportResult> {
    const catalogue = await this.records();
    const result = await importModel(params, { home: this.places.home, modelFolders: this.settings.modelFolders, catalogue, logger: this.logger, token, onProgress });
    this.logger.log('info', `Model ${result.modelId} was imported.`);
    this.modelsChanged();
    return result;
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }

  /** `VIDEOCHAT_CATALOGUE`: another folder of entries; for programs that bring their own, and for tests. */
  private records(): Promise<CatalogueRecord[]> {
    return readCatalogue(this.env['VIDEOCHAT_CATALOGUE'] || catalogueFolder(), this.logger);
  }

  private found(): Promise<ModelEntry[]> {
    return discoverModels(presentFolders(this.settings.modelFolders, this.settings.cacheFolder), this.logger);
  }

  private async entry(id: string): Promise<CatalogueRecord> {
    const record = (await this.records()).find((entry) => entry.id === id);
    if (!record) {
      throw this.unknown(id);
    }
    return record;
  }

  /** The one that is here or partly here, else the one for this machine. */
  private async usualVariant(record: CatalogueRecord, translate: Translate): Promise<string> {
    return (await viewEntry(record, this.places, await readMachine(this.places.home), translate)).suggested;
  }

  /** A file that is open cannot be replaced everywhere, and what is loaded would stay. */
  private async free(id: string): Promise<void> {
    const slot = await this.models.get(id).catch(() => undefined);
    await slot?.unload();
  }

  private unknown(id: string): VideoChatError {
    return new VideoChatError(ErrorCode.ModelUnknown, phrase`There is no model "${id}".`, { hint: 'videochat models list shows the catalogue and what is here.', subject: id });
  }
}
