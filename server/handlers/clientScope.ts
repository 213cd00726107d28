import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ChatService } from '../chat/chatService.js';
import type { Translate } from '../common/translator.js';
import { DatasetService } from '../dataset/datasetService.js';
import type { Engine } from '../engine/engine.js';
import { MediaService } from '../media/mediaService.js';
import type { DatasetSummary } from '../protocol/index.js';
import { VideoLibrary } from '../engine/videoLibrary.js';

/** What belongs to one client: its open videos, conversations and media. */
export class ClientScope {
  readonly id = `client-${randomUUID()}`;
  readonly videos: VideoLibrary;
  readonly chats: ChatService;
  readonly media: MediaService;
  readonly datasets: DatasetService;

  /**
   * @param translate into the client's language
   * @param datasetUpdated a dataset is not as the client was told
   */
  constructor(
    readonly engine: Engine,
    readonly translate: Translate,
    datasetUpdated: (summary: DatasetSummary) => void,
  ) {
    this.videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
    this.chats = new ChatService(engine, this.videos, this.id, translate);
    this.media = new MediaService(engine.media, this.videos, this.id, translate);
    this.datasets = new DatasetService(join(engine.settings.cacheFolder, 'datasets'), translate, datasetUpdated);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.chats.dispose(), this.media.dispose(), this.datasets.dispose()]);
    await this.engine.models.declare(this.id, [], this.translate);
  }
}
