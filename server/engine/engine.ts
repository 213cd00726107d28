import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FairQueue } from '../common/fairQueue.js';
import { CatalogueService } from '../catalogue/catalogueService.js';
import { modelsHome } from '../catalogue/modelHome.js';
import type { Logger } from '../common/logger.js';
import { CaptionStore } from '../longVideo/captionStore.js';
import { MediaHost } from '../media/mediaHost.js';
import { TimelineService } from '../perception/timelineService.js';
import { SearchService } from '../search/searchService.js';
import { PackService } from '../packs/packService.js';
import { withPacks } from '../packs/withPacks.js';
import { type EngineSettings, packageVersion } from '../settings.js';
import { ProbeCache } from '../video/probeCache.js';
import { EmbeddingSource } from './embeddingSource.js';
import type { EmbeddingStore, EngineParts } from './engineParts.js';
import { FfmpegFinder } from './ffmpegFinder.js';
import { ModelRegistry } from './modelRegistry.js';
import { PictureSource } from './pictureSource.js';

/** Files are hashed and probed a few at a time, however many are opened. */
const probesAtOnce = 4;

/** What the clients of one server share: models, embeddings, media, timelines, ffmpeg. */
export class Engine {
  readonly models: ModelRegistry;
  readonly embeddings: EmbeddingSource;
  readonly pictures: PictureSource;
  readonly ffmpeg: FfmpegFinder;
  readonly probing = new FairQueue(probesAtOnce);
  readonly probes: ProbeCache;
  readonly store: EmbeddingStore;
  readonly media: MediaHost;
  readonly timelines: TimelineService;
  readonly search: SearchService;
  readonly captions: CaptionStore;
  readonly catalogue: CatalogueService;
  readonly packs: PackService;
  readonly settings: EngineSettings;
  private scratch: Promise<string> | undefined;

  constructor(
    readonly parts: EngineParts,
    given: EngineSettings,
    readonly logger: Logger,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    // Models that were fetched are found like all others.
    const settings = { ...given, modelFolders: [...given.modelFolders, modelsHome(given.cacheFolder)] };
    this.settings = settings;
    this.ffmpeg = new FfmpegFinder(parts.video, settings.ffmpegPath);
    this.probes = new ProbeCache(join(settings.cacheFolder, 'probes'), packageVersion());
    this.packs = new PackService(settings, logger, { unload: () => this.models.unloadAll() }, env);
    this.models = new ModelRegistry(withPacks(parts.models, this.packs), settings, logger);
    this.store = parts.cache.open(join(settings.cacheFolder, 'embeddings'), settings.cacheBytes);
    this.media = new MediaHost(parts, settings, this.ffmpeg, logger, () => this.scratchFolder());
    this.timelines = new TimelineService(parts.perception, settings, this.ffmpeg, this.media.clipData, logger);
    this.captions = new CaptionStore(join(settings.cacheFolder, 'captions'), settings.cacheBytes);
    this.search = new SearchService(this);
    this.embeddings = new EmbeddingSource(parts, this.store, this.ffmpeg, logger);
    this.catalogue = new CatalogueService(settings, this.models, logger, () => this.timelines.modelsChanged(), env);
    this.pictures = new PictureSource(parts.video, this.ffmpeg, this.embeddings.decoding, () => this.scratchFolder());
  }

  /** A folder for pictures whose place the client did not choose; it lives as long as the server. */
  scratchFolder(): Promise<string> {
    this.scratch ??= mkdtemp(join(tmpdir(), 'videochat-'));
    return this.scratch;
  }

  /** Frees the models and stops serving media. Call when no request runs any more. */
  async dispose(): Promise<void> {
    await this.catalogue.dispose();
    await this.packs.dispose();
    await this.media.dispose();
    await this.search.dispose();
    await this.timelines.dispose();
    await this.models.dispose();
    if (this.scratch) {
      await rm(await this.scratch, { recursive: true, force: true });
      this.scratch = undefined;
    }
  }
}
