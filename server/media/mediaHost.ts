import { join } from 'node:path';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { EngineParts } from '../engine/engineParts.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import type { EngineSettings } from '../settings.js';
import { FrameStore } from './frameStore.js';
import { MediaServer } from './mediaServer.js';
import { ProxyStore } from './proxyStore.js';

/** What the clients of one server share of media: the port they are served on, proxies, frames. */
export class MediaHost implements Disposable {
  readonly server: MediaServer;
  readonly proxies: ProxyStore;
  readonly frames: FrameStore;

  constructor(
    parts: Pick<EngineParts, 'media' | 'video'>,
    { cacheFolder, cacheBytes }: Pick<EngineSettings, 'cacheFolder' | 'cacheBytes'>,
    ffmpeg: FfmpegFinder,
    logger: Logger,
    scratch: () => Promise<string>,
  ) {
    this.server = new MediaServer(logger);
    this.proxies = new ProxyStore(join(cacheFolder, 'proxies'), cacheBytes, parts.media, ffmpeg);
    this.frames = new FrameStore(join(cacheFolder, 'frames'), cacheBytes, parts.video, ffmpeg, scratch);
  }

  dispose(): Promise<void> {
    return this.server.dispose();
  }
}
