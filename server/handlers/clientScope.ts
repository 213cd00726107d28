import { randomUUID } from 'node:crypto';
import { ChatService } from '../chat/chatService.js';
import type { Engine } from '../engine/engine.js';
import { VideoLibrary } from '../engine/videoLibrary.js';

/** What belongs to one client: its open videos and conversations. */
export class ClientScope {
  readonly id = `client-${randomUUID()}`;
  readonly videos: VideoLibrary;
  readonly chats: ChatService;

  constructor(readonly engine: Engine) {
    this.videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
    this.chats = new ChatService(engine, this.videos, this.id);
  }

  async dispose(): Promise<void> {
    await this.chats.dispose();
  }
}
