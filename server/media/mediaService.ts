import { randomUUID } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { type Disposable, DisposableStore } from '../common/dispose.js';
import type { Lane } from '../common/fairQueue.js';
import type { Translate } from '../common/translator.js';
import { type LibraryVideo, readUnchanged, stampOf, type VideoLibrary } from '../engine/videoLibrary.js';
import { ErrorCode, Limits, type MediaOpenParams, type MediaProgress, type MediaSource, phrase, VideoChatError } from '../protocol/index.js';
import { clipData } from './clipData.js';
import { proxyMimeType, readFamily } from './containerFamily.js';
import type { MediaHost } from './mediaHost.js';
import type { Playback } from './playback.js';
import { proxyHeight } from './proxyArguments.js';
import type { SentFile } from './sendFile.js';

const usualMaxHeight = 720;

/** The media that one client has open. */
export class MediaService implements Disposable {
  private readonly served = new Map<string, Disposable>();
  private opening = 0;
  private disposed = false;

  constructor(
    private readonly host: MediaHost,
    private readonly videos: VideoLibrary,
    private readonly clientId: string,
    private readonly translate: Translate,
  ) {}

  /** Chooses how a video is played, makes a proxy where it must, and begins to serve it. */
  async open(params: MediaOpenParams, token: CancellationToken, progress: (value: MediaProgress) => void): Promise<MediaSource> {
    const video = this.videos.get(params.videoId);
    if (this.served.size + this.opening >= Limits.openMedia) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${Limits.openMedia} media are open.`, {
        hint: 'Close some with media/close.',
      });
    }
    const owned = new DisposableStore();
    this.opening++;
    try {
      const source = await this.serve(video, params, token, progress, owned);
      throwIfCancelled(token);
      if (this.disposed) {
        throw new VideoChatError(ErrorCode.ShuttingDown, 'The connection is being closed.');
      }
      this.served.set(source.mediaId, owned);
      return source;
    } catch (error) {
      await owned.dispose();
      throw error;
    } finally {
      this.opening--;
    }
  }

  /** @throws VideoChatError MediaUnknown */
  async close(mediaId: string): Promise<void> {
    const owned = this.served.get(mediaId);
    if (!owned) {
      throw new VideoChatError(ErrorCode.MediaUnknown, 'This medium is not open.', {
        hint: 'Open it with media/open.',
        subject: mediaId,
      });
    }
    this.served.delete(mediaId);
    await owned.dispose();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const all = [...this.served.values()];
    this.served.clear();
    await Promise.all(all.map(async (owned) => owned.dispose()));
  }

  private async serve(
    video: LibraryVideo,
    params: MediaOpenParams,
    token: CancellationToken,
    progress: (value: MediaProgress) => void,
    owned: DisposableStore,
  ): Promise<MediaSource> {
    const { facts, demuxer } = video.opened;
    const lane = { client: this.clientId, chat: params.videoId };
    const family = await readUnchanged(video, token, () => readFamily(facts.path, demuxer));
    const { abilities, atLeast } = params;
    const playback = await this.host.decide({ video: video.opened, container: family.name, abilities, atLeast }, token);
    const file = await this.fileFor(video, playback, family.mimeType, params, lane, token, progress, owned);
    const mediaId = `media-${randomUUID()}`;
    const publication = await this.host.server.publish({
      mediaId,
      file,
      frame: (frame, cancelled) => this.host.frames.get(video, frame, lane, cancelled),
      data: (kind, query, cancelled) => clipData(kind, query, video, this.host.clipData, lane, cancelled),
    });
    owned.add(publication);
    const { size } = await stat(file.path);
    return { mediaId, mode: playback.mode, reason: this.translate(playback.reason), url: publication.url, mimeType: file.mimeType, bytes: size };
  }

  private async fileFor(
    video: LibraryVideo,
    { mode }: Playback,
    mimeType: string,
    { maxHeight = usualMaxHeight }: MediaOpenParams,
    lane: Lane,
    token: CancellationToken,
    progress: (value: MediaProgress) => void,
    owned: DisposableStore,
  ): Promise<SentFile> {
    if (mode === 'file' || mode === 'image') {
      const isSame = (stats: BigIntStats): boolean => stampOf(stats) === video.stamp;
      return { path: video.opened.facts.path, mimeType, isSame };
    }
    const recipe = mode === 'remux' ? { mode } : { mode, height: proxyHeight(video.opened, maxHeight) };
    const report = (fraction: number): void => progress({ fraction });
    const { path, lease } = await this.host.proxies.get(video, recipe, lane, token, report);
    owned.add(lease);
    // Proxies are named after what they show: one is as good as another of that name.
    return { path, mimeType: await proxyMimeType(path), isSame: () => true };
  }
}
