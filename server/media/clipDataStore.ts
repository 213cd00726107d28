import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BoundedFolder } from '../common/boundedFolder.js';
import type { CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { MediaParts } from '../engine/engineParts.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import { type LibraryVideo, readUnchanged } from '../engine/videoLibrary.js';
import { hasUsefulKeyFrames } from '../video/findKeyShots.js';
import type { SoundPeaks } from './soundPeaks.js';

const folderBytes = 128 * 1024 * 1024;
/** Raised whenever the work gives something else for the same file. */
const versions = { peaks: 1, shots: 2, keyShots: 1 };
type Kind = keyof typeof versions;

/** What an annotator shows of a whole clip: made once for each content, and kept on disk. One clip at a time is read. */
export class ClipDataStore {
  private readonly files: BoundedFolder;
  private readonly queue = new FairQueue(1);
  private readonly making = new SharedTasks<Buffer>();

  constructor(
    folder: string,
    limitBytes: number,
    private readonly parts: MediaParts,
    private readonly ffmpeg: FfmpegFinder,
  ) {
    this.files = new BoundedFolder(folder, { extension: '.bin', limitBytes: Math.min(limitBytes, folderBytes) });
  }

  /** @throws VideoChatError VideoUnknown if the file was changed since it was opened, and what decoding throws */
  async peaks(video: LibraryVideo, lane: Lane, token: CancellationToken): Promise<SoundPeaks> {
    const made = await this.get('peaks', video, lane, token, async (shared) => {
      const peaks = await this.parts.readSoundPeaks(video.opened, await this.ffmpeg.tools(), shared);
      return Buffer.from(peaks.buffer, peaks.byteOffset, peaks.byteLength);
    });
    return new Int8Array(made.buffer, made.byteOffset, made.byteLength);
  }

  /** Seconds at which a new shot begins. @throws as {@link peaks} */
  async shots(video: LibraryVideo, lane: Lane, token: CancellationToken): Promise<number[]> {
    const made = await this.get('shots', video, lane, token, async (shared) =>
      Buffer.from(Float64Array.from(await this.parts.findShots(video.opened, await this.ffmpeg.tools(), shared)).buffer),
    );
    return secondsOf(made);
  }

  /** The same, where it has been found before. */
  async knownShots(contentHash: string): Promise<number[] | undefined> {
    const made = await this.kept(keyOf(contentHash, 'shots'));
    return made && secondsOf(made);
  }

  /** The same for looking through a clip: of a very long one about, from its key frames, unless they are known exactly. */
  async shotsAbout(video: LibraryVideo, lane: Lane, token: CancellationToken): Promise<{ seconds: number[]; exact: boolean }> {
    const { findKeyShots } = this.parts;
    if (!findKeyShots || !hasUsefulKeyFrames(video.opened) || (await this.knownShots(video.opened.facts.contentHash))) {
      return { seconds: await this.shots(video, lane, token), exact: true };
    }
    const made = await this.get('keyShots', video, lane, token, async (shared) => {
      const tools = await this.ffmpeg.tools();
      const found = (await findKeyShots(video.opened, tools, shared)) ?? (await this.parts.findShots(video.opened, tools, shared));
      return Buffer.from(Float64Array.from(found).buffer);
    });
    return { seconds: secondsOf(made), exact: false };
  }

  private async get(
    kind: Kind,
    video: LibraryVideo,
    lane: Lane,
    token: CancellationToken,
    make: (token: CancellationToken) => Promise<Buffer>,
  ): Promise<Buffer> {
    const key = keyOf(video.opened.facts.contentHash, kind);
    const found = await this.kept(key);
    if (found) {
      return found;
    }
    const run = async (shared: CancellationToken): Promise<Buffer> => {
      const made = await this.queue.run(lane, () => readUnchanged(video, shared, () => make(shared)), shared);
      await this.files.write(key, made);
      return made;
    };
    return this.making.join(key, (_, shared) => run(shared), token);
  }

  private async kept(key: string): Promise<Buffer | undefined> {
    const path = await this.files.find(key);
    return path === undefined ? undefined : readFile(path).catch(() => undefined);
  }
}

function keyOf(contentHash: string, kind: Kind): string {
  return createHash('sha256').update(JSON.stringify([contentHash, kind, versions[kind]])).digest('hex');
}

function secondsOf(made: Buffer): number[] {
  return Array.from({ length: Math.floor(made.length / 8) }, (_, i) => made.readDoubleLE(8 * i));
}
