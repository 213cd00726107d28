import { sep } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { Translate } from '../common/translator.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { WebClient } from '../hub/webClient.js';
import { Libllama } from '../language/libllama.js';
import { fileHashesIn } from '../models/fileHashes.js';
import { ErrorCode, type PackListResult, type PackPullProgress, type PackPullResult, type PackRemoveResult, type PackVerdict, phrase, VideoChatError } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type { OtherRuntime } from '../vision/sessionHost.js';
import { changedFile, packProblem } from './checkPack.js';
import { nvidiaCard } from './nvidiaCard.js';
import { PackPlaces } from './packPlaces.js';
import { readPackRecord } from './packRecord.js';
import type { Pack } from './packSchema.js';
import { sayVerdict, viewPack } from './packView.js';
import { cudaRuntime, probePack } from './probePack.js';
import { pullPack } from './pullPack.js';
import { packManifests, readPacks } from './readPacks.js';
import { removePack, sweepPacks } from './removePack.js';
import { type Finding, sayFinding } from './verdict.js';
import { type KeptFinding, keepVerdict, mayPass, readVerdict } from './verdictStore.js';

export interface PackServiceParts {
  /** Frees whatever runs on a pack. */
  unload(): Promise<void>;
  probe?: typeof probePack;
  card?: typeof nvidiaCard;
}

/** The GPU packs: fetched, proven, used, and taken away again. */
export class PackService implements Disposable {
  private readonly places: PackPlaces;
  private readonly client: WebClient;
  private readonly pulls = new SharedTasks<Omit<PackPullResult, 'verdict'> & { kept: KeptFinding }, PackPullProgress>();
  /** By id, of this process: what may be used is proven once. */
  private readonly proven = new Map<string, Promise<KeptFinding>>();
  private readonly given = new Set<string>();
  private swept: Promise<void> | undefined;

  constructor(
    private readonly settings: Pick<EngineSettings, 'cacheFolder' | 'gpuPacks'>,
    private readonly logger: Logger,
    private readonly parts: PackServiceParts,
    private readonly env: NodeJS.ProcessEnv = process.env,
  ) {
    this.places = new PackPlaces(settings.cacheFolder);
    this.client = new WebClient(env);
  }

  async list(translate: Translate): Promise<PackListResult> {
    const [packs, card] = await Promise.all([this.packs(), this.card()]);
    const views = packs.map(async (pack) => viewPack(pack, this.places, { card, inUse: this.isInUse(pack), kept: await this.known(pack, card?.driver) }, translate));
    return { packs: await Promise.all(views), ...(card ? { card } : {}), enabled: this.settings.gpuPacks };
  }

  /** @throws VideoChatError PackUnknown, and what `pullPack` throws */
  async pull(id: string, translate: Translate, token: CancellationToken, onProgress: (progress: PackPullProgress) => void): Promise<PackPullResult> {
    const pack = await this.pack(id);
    const { kept, ...result } = await this.pulls.join(
      id,
      async (report, shared) => {
        const { archives, of } = await pullPack(pack, { client: this.client, places: this.places, env: this.env, token: shared, onProgress: report });
        this.logger.log('info', `The GPU pack ${id} ${of.version} was fetched.`);
        report({ stage: 'probing', done: 0 });
        const finding = await this.prove(pack);
        return { folder: this.places.folder(pack), version: of.version, archives, kept: finding, restartNeeded: this.needsRestart(pack) };
      },
      token,
      onProgress,
    );
    return { ...result, verdict: sayVerdict(kept, translate) };
  }

  /** @throws VideoChatError PackUnknown, PackAbsent, RequestCancelled */
  async probe(id: string, translate: Translate, token: CancellationToken): Promise<PackVerdict> {
    const pack = await this.pack(id);
    if (!(await readPackRecord(this.places.folder(pack)))) {
      throw new VideoChatError(ErrorCode.PackAbsent, phrase`The GPU pack "${id}" is not here.`, { hint: 'Fetch it first.', subject: id });
    }
    return sayVerdict(await untilCancelled(this.prove(pack, token), token), translate);
  }

  /** @throws VideoChatError PackUnknown, PackBusy, ModelNotWritten */
  async remove(id: string): Promise<PackRemoveResult> {
    const pack = await this.pack(id);
    const inUse = this.isInUse(pack);
    await (inUse && this.parts.unload());
    this.proven.delete(id);
    this.given.delete(id);
    const freedBytes = await removePack(pack, this.places);
    this.logger.log('info', `The GPU pack ${id} was removed.`);
    return { freedBytes, restartNeeded: pack.part === 'language' && this.isInUse(pack) };
  }

  /** The folder of the pack for language models, where it may be used. @throws VideoChatError ProviderUnavailable */
  async languageFolder(): Promise<string | undefined> {
    return this.usable('language');
  }

  /** ONNX Runtime of the pack for vision encoders, where it may be used. @throws VideoChatError ProviderUnavailable */
  async visionRuntime(): Promise<OtherRuntime | undefined> {
    const folder = await this.usable('vision');
    return folder === undefined ? undefined : cudaRuntime(folder, this.env);
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }

  private async usable(part: Pack['part']): Promise<string | undefined> {
    const pack = this.settings.gpuPacks ? (await this.packs()).find((each) => each.part === part) : undefined;
    const folder = pack && this.places.folder(pack);
    const record = folder === undefined ? undefined : await readPackRecord(folder);
    if (!pack || folder === undefined || !record) {
      return undefined;
    }
    const wrong = await packProblem(pack, folder, record);
    if (wrong) {
      throw unusable(pack, { reason: 'changed', detail: String(wrong.problem) });
    }
    const { finding } = await this.proof(pack);
    if (finding.reason !== undefined) {
      throw unusable(pack, finding);
    }
    // It may have been changed since it was proven.
    const changed = await changedFile(pack, folder, fileHashesIn(this.settings.cacheFolder));
    if (changed !== undefined) {
      throw unusable(pack, { reason: 'changed', detail: changed });
    }
    this.given.add(pack.id);
    return folder;
  }

  /** What is remembered for this driver, else a test. */
  private proof(pack: Pack): Promise<KeptFinding> {
    let proof = this.proven.get(pack.id);
    if (!proof) {
      proof = this.card().then(async (card) => {
        const known = await this.known(pack, card?.driver);
        return known && !mayPass(known.finding) ? known : this.test(pack);
      });
      this.proven.set(pack.id, proof);
      proof.catch(() => this.proven.delete(pack.id));
    }
    return proof;
  }

  private prove(pack: Pack, token?: CancellationToken): Promise<KeptFinding> {
    const proof = this.test(pack, token);
    this.proven.set(pack.id, proof);
    proof.catch(() => this.proven.delete(pack.id));
    return proof;
  }

  private async test(pack: Pack, token?: CancellationToken): Promise<KeptFinding> {
    const folder = this.places.folder(pack);
    const [record, card] = [await readPackRecord(folder), await this.card()];
    const changed = await changedFile(pack, folder, fileHashesIn(this.settings.cacheFolder), token);
    const { probe = probePack } = this.parts;
    const finding: Finding = changed === undefined ? await probe(pack, folder, this.logger) : { reason: 'changed', detail: changed };
    const kept = { finding, ...(card?.driver === undefined ? {} : { driver: card.driver }), timeMs: Date.now() };
    this.logger.log('info', `The GPU pack ${pack.id}: ${sayFinding(finding).message} ${finding.detail ?? ''}`.trim());
    await (record && keepVerdict(this.places.verdict(pack), record, kept));
    return kept;
  }

  private async known(pack: Pack, driver: string | undefined): Promise<KeptFinding | undefined> {
    const record = await readPackRecord(this.places.folder(pack));
    return record && readVerdict(this.places.verdict(pack), record, driver);
  }

  private isInUse(pack: Pack): boolean {
    return pack.part === 'language' ? (Libllama.folder ?? '').startsWith(this.places.folder(pack) + sep) : this.given.has(pack.id);
  }

  /** A process holds one build of libllama as long as it lives. */
  private needsRestart(pack: Pack): boolean {
    return pack.part === 'language' && Libllama.current !== undefined;
  }

  private card(): Promise<PackListResult['card']> {
    return (this.parts.card ?? nvidiaCard)(this.env);
  }

  /** `VIDEOCHAT_PACKS`: another folder of manifests; for programs that bring their own, and for tests. */
  private async packs(): Promise<Pack[]> {
    await (this.swept ??= sweepPacks(this.places));
    return readPacks(this.env['VIDEOCHAT_PACKS'] || packManifests(), this.logger);
  }

  private async pack(id: string): Promise<Pack> {
    const pack = (await this.packs()).find((each) => each.id === id);
    if (!pack) {
      throw new VideoChatError(ErrorCode.PackUnknown, phrase`There is no GPU pack "${id}" for this machine.`, { hint: 'videochat packs list shows those that there are.', subject: id });
    }
    return pack;
  }
}

function unusable({ name, id }: Pack, finding: Finding): VideoChatError {
  const said = sayFinding(finding);
  return new VideoChatError(ErrorCode.ProviderUnavailable, phrase`The GPU pack "${name}" is not used. ${said.message}`, { hint: said.hint, subject: id });
}
