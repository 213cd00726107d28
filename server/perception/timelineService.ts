import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { Logger } from '../common/logger.js';
import { SharedTasks } from '../common/sharedTasks.js';
import type { FfmpegFinder } from '../engine/ffmpegFinder.js';
import { type LibraryVideo, readUnchanged } from '../engine/videoLibrary.js';
import type { ClipDataStore } from '../media/clipDataStore.js';
import { ErrorCode, phrase, type SpeechOptions, type TimelineCreateProgress, timelineTracks, VideoChatError } from '../protocol/index.js';
import type { EngineSettings } from '../settings.js';
import type { FoundEvent } from './events/makeEvent.js';
import type { FrameOnlooker } from './frameOnlooker.js';
import { keptEvents } from './keptTimeline.js';
import { modelHashes } from './modelHashes.js';
import type { Perception, ProcessMemory } from './perception.js';
import type { PerceptionParts } from './perceptionParts.js';
import { VoiceStore } from './sound/voiceStore.js';
import { WordStore } from './sound/wordStore.js';
import { ObservationStore } from './store/observationStore.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import { type MadeTimeline, type TimelineOptions, TimelineRun, type TimelineRunParts } from './timelineRun.js';

/** Bytes on disk of what was seen, and of what was heard. */
const storeBytes = { sights: 256 * 1024 * 1024, voices: 64 * 1024 * 1024, words: 64 * 1024 * 1024 };

interface Eyes {
  perception: Perception;
  observations: ObservationStore;
  voices: VoiceStore;
  words: WordStore;
}

/** Makes timelines of clips: requests for the same share one run, and what was seen of a clip is kept by its content. */
export class TimelineService implements Disposable {
  private readonly running = new SharedTasks<MadeTimeline, TimelineCreateProgress>();
  /** One clip at a time is decoded for being looked at, a few frames in a turn. */
  private readonly looking = new FairQueue();
  private eyes: Promise<Eyes> | undefined;
  /** Somebody may still look with them. */
  private readonly retired: Promise<Eyes>[] = [];
  private perception: Perception | undefined;
  /** Told of each clip that was looked through, and whether for all tracks and from its beginning to its end. */
  onLooked: ((path: string, made: MadeTimeline, whole: boolean) => void) | undefined;

  constructor(
    private readonly parts: PerceptionParts,
    private readonly settings: Pick<EngineSettings, 'modelFolders' | 'cacheFolder' | 'cacheBytes' | 'threads' | 'speechFallback' | 'speechLanguage'>,
    private readonly ffmpeg: FfmpegFinder,
    private readonly clipData: ClipDataStore,
    private readonly logger: Logger,
  ) {}

  /**
   * @param lane who asks: clients take turns
   * @param onlooker sees the same frames
   * @throws PerceptionUnavailable, FramePlanInvalid for a part outside the clip, VideoUnknown, VideoTruncated, FfmpegMissing,
   *   FfmpegFailed, RequestCancelled
   */
  async create(
    video: LibraryVideo,
    options: TimelineOptions,
    lane: Lane,
    token: CancellationToken,
    onProgress: (progress: TimelineCreateProgress) => void,
    onlooker?: FrameOnlooker,
  ): Promise<MadeTimeline> {
    const { contentHash, durationSeconds, kind, path } = video.opened.facts;
    if (kind === 'video' && options.span && options.span.startSeconds >= durationSeconds) {
      throw new VideoChatError(
        ErrorCode.FramePlanInvalid,
        phrase`The part begins at ${options.span.startSeconds} s, but the clip ends at ${Number(durationSeconds.toFixed(3))} s.`,
        { hint: phrase`Choose a part inside the clip.` },
      );
    }
    const { framesPerSecond } = options;
    const tracks = [...new Set(options.tracks)].sort();
    const isPart = options.span && kind === 'video' && (options.span.startSeconds > 0 || options.span.endSeconds < durationSeconds);
    const span = isPart ? options.span : undefined;
    const asked: TimelineOptions = { tracks, ...(framesPerSecond === undefined ? {} : { framesPerSecond }), ...(span ? { span } : {}), ...(tracks.includes('speech') ? { speech: this.speechOptions(options) } : {}) };
    // Copies of a clip may have different subtitles beside them.
    const key = JSON.stringify([contentHash, path, tracks, framesPerSecond, span?.startSeconds, span?.endSeconds, asked.speech?.fallback, asked.speech?.language, onlooker?.key]);
    return this.running.join(key, (report, shared) => this.run(video, asked, lane, shared, report, onlooker), token, onProgress);
  }

  /** Another value whenever {@link kept} would tell something else of a clip; undefined: it has not been looked at. */
  async keptStamp(contentHash: string): Promise<string | undefined> {
    const { observations, perception } = await this.open();
    const bytes = await observations.bytesOf(contentHash);
    return bytes === undefined ? undefined : `${bytes} ${modelsStamp(perception)}`;
  }

  /** Another value whenever other models look. */
  async modelsStamp(): Promise<string> {
    return modelsStamp((await this.open()).perception);
  }

  /** What was noticed in a clip before. Nothing is decoded. */
  async kept(video: ProbedVideo): Promise<FoundEvent[]> {
    const { perception, observations } = await this.open();
    const { contentHash } = video.facts;
    const clip = await observations.open(contentHash);
    try {
      return keptEvents(video, clip, (await this.clipData.knownShots(contentHash)) ?? [], perception.models());
    } finally {
      await clip.dispose();
    }
  }

  private async run(
    video: LibraryVideo,
    options: TimelineOptions,
    lane: Lane,
    token: CancellationToken,
    report: (progress: TimelineCreateProgress) => void,
    onlooker?: FrameOnlooker,
  ): Promise<MadeTimeline> {
    const { perception, observations, voices, words } = await this.open();
    const tools = await this.ffmpeg.tools();
    const clip = await observations.open(video.opened.facts.contentHash);
    try {
      const findShots: TimelineRunParts['findShots'] = (shared) => this.clipData.shotsAbout(video, lane, shared);
      const run = new TimelineRun({ video, clip, perception, voices, words, tools, lane, token, report, findShots, queue: this.looking, ...(onlooker ? { onlooker } : {}) }, options);
      const made = await readUnchanged(video, token, () => run.make());
      this.onLooked?.(video.path, made, options.span === undefined && options.tracks.length === timelineTracks.length);
      return made;
    } finally {
      await clip.dispose();
    }
  }

  private speechOptions({ speech = {} }: TimelineOptions): SpeechOptions {
    const language = speech.language ?? this.settings.speechLanguage;
    return { fallback: speech.fallback ?? this.settings.speechFallback, ...(language === undefined ? {} : { language }) };
  }

  /** A perception model came, changed or went: who looks next looks with those that are here then. */
  modelsChanged(): void {
    if (this.eyes) {
      this.retired.push(this.eyes);
      this.eyes = undefined;
    }
  }

  private open(): Promise<Eyes> {
    this.eyes ??= this.openEyes().catch((error: unknown) => {
      this.eyes = undefined;
      throw error;
    });
    return this.eyes;
  }

  private async openEyes(): Promise<Eyes> {
    const { modelFolders, cacheFolder, cacheBytes, threads } = this.settings;
    const perception = await this.parts.open({ modelFolders, cacheFolder, threads, logger: this.logger });
    this.perception = perception;
    const folder = join(cacheFolder, 'perception');
    return {
      perception,
      observations: new ObservationStore(folder, Math.min(cacheBytes, storeBytes.sights), modelHashes(perception.models())),
      voices: new VoiceStore(folder, Math.min(cacheBytes, storeBytes.voices)),
      words: new WordStore(folder, Math.min(cacheBytes, storeBytes.words)),
    };
  }

  /** Of the process of the perception models; undefined while there is none. */
  memory(): ProcessMemory | undefined {
    return this.perception?.memory?.();
  }

  /** Frees the models. Call when no request runs any more. */
  async dispose(): Promise<void> {
    this.modelsChanged();
    for (const opened of this.retired.splice(0)) {
      const eyes = await opened.catch(() => undefined);
      await eyes?.perception.dispose();
    }
  }
}

function modelsStamp(perception: Perception): string {
  return createHash('sha256').update(perception.models().map(({ sha256 }) => sha256).sort().join('\n')).digest('hex').slice(0, 12);
}
