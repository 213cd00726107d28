import { randomUUID } from 'node:crypto';
import { ChatService } from '../chat/chatService.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import { MediaService } from '../media/mediaService.js';
import { VideoLibrary } from '../engine/videoLibrary.js';

/** What belongs to one client: its open videos, conversations and media. */
export class ClientScope {
  readonly id = `client-${randomUUID()}`;
  readonly videos: VideoLibrary;
  readonly chats: ChatService;
  readonly media: MediaService;

  /** @param translate into the client's language */
  constructor(
    readonly engine: Engine,
    readonly translate: Translate,
  ) {
    this.videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
    this.chats = new ChatService(engine, this.videos, this.id, translate);
    this.media = new MediaService(engine.media, this.videos, this.id, translate);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.chats.dispose(), this.media.dispose()]);
  }
}
