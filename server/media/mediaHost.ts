import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { EngineParts } from '../engine/engineParts.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import type { EngineSettings } from '../settings.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import { ClipDataStore } from './clipDataStore.js';
import { FrameStore } from './frameStore.js';
import { MediaServer } from './mediaServer.js';
import { decidePlayback, type Playback, type PlaybackRequest } from './playback.js';
import { ProxyStore } from './proxyStore.js';

/** What the clients of one server share of media: the port they are served on, proxies, frames, data about clips. */
export class MediaHost implements Disposable {
  readonly server: MediaServer;
  readonly proxies: ProxyStore;
  readonly frames: FrameStore;
  readonly clipData: ClipDataStore;

  constructor(
    private readonly parts: Pick<EngineParts, 'media' | 'video'>,
    { cacheFolder, cacheBytes }: Pick<EngineSettings, 'cacheFolder' | 'cacheBytes'>,
    private readonly ffmpeg: FfmpegFinder,
    logger: Logger,
    scratch: () => Promise<string>,
  ) {
    this.server = new MediaServer(logger);
    this.proxies = new ProxyStore(join(cacheFolder, 'proxies'), cacheBytes, parts.media, ffmpeg);
    this.frames = new FrameStore(join(cacheFolder, 'frames'), cacheBytes, parts.video, ffmpeg, scratch);
    this.clipData = new ClipDataStore(join(cacheFolder, 'clips'), cacheBytes, parts.media, ffmpeg);
  }

  /** {@link decidePlayback}, after a look into the file where it would be played or copied as it is. */
  async decide(request: PlaybackRequest & { video: ProbedVideo }, token: CancellationToken): Promise<Playback> {
    const playback = decidePlayback(request);
    if (request.video.facts.codec !== 'h264' || playback.mode === 'transcode') {
      return playback;
    }
    const canBeSought = await this.parts.media.canBeSought(request.video, await this.ffmpeg.tools(), token);
    return decidePlayback({ ...request, canBeSought });
  }

  dispose(): Promise<void> {
    return this.server.dispose();
  }
}
