import { cancellationSource, type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { FairQueue, Lane } from '../common/fairQueue.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import {
  ErrorCode,
  type FrameTimes,
  type Phrase,
  phrase,
  type Segment,
  type SpeechOptions,
  type Timeline,
  type TimelineCreateProgress,
  type TimelineTrack,
  timelineTracks,
  type TimelineTrackState,
  VideoChatError,
} from '../protocol/index.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { frameSeconds } from '../video/probeVideo.js';
import { asError } from '../video/runTool.js';
import { collectEvents, type SeenClip, type VisualTrack, visualTracks } from './collectEvents.js';
import { type FoundEvent, nameEvents } from './events/makeEvent.js';
import { shotEvents } from './events/shotEvents.js';
import { FrameLooker } from './frameLooker.js';
import type { FrameOnlooker } from './frameOnlooker.js';
import { modelsOf } from './modelHashes.js';
import { type SightKind, sightKinds } from './observations.js';
import type { Perception } from './perception.js';
import { planRefinement } from './sampling/planRefinement.js';
import { coarseSamples, frameLimit, planGrid, type SampleRequest, samplesOfShots } from './sampling/planSamples.js';
import { type SpeechFinding, findSpoken } from './sound/findSpoken.js';
import type { VoiceStore } from './sound/voiceStore.js';
import type { WordStore } from './sound/wordStore.js';
import type { ClipObservations } from './store/clipObservations.js';
import { ProgressGate } from './progressGate.js';

/** A timeline whose notes have not been said in a language yet. */
export interface MadeTimeline extends Omit<Timeline, 'tracks'> {
  tracks: (Omit<TimelineTrackState, 'note'> & { note?: string | Phrase })[];
}

export interface TimelineOptions {
  tracks: readonly TimelineTrack[];
  framesPerSecond?: number;
  span?: Segment;
  speech?: SpeechOptions;
}

export interface TimelineRunParts {
  video: LibraryVideo;
  clip: ClipObservations;
  perception: Perception;
  voices: VoiceStore;
  words: WordStore;
  queue: FairQueue;
  lane: Lane;
  tools: FfmpegTools;
  /** Where shots begin, in the whole clip; not exactly where that would take long. */
  findShots(token: CancellationToken): Promise<{ seconds: number[]; exact: boolean }>;
  token: CancellationToken;
  onlooker?: FrameOnlooker;
  report(progress: TimelineCreateProgress): void;
}

/** Most of the rest of a grid's frames that may be spent on what changes. */
const refinementShare = 0.5;
/** Events of one track in an answer; the surest stay. */
const mostEvents = 10_000;

/** Makes one timeline: coarse first, then shots and sound, then everything between. */
export class TimelineRun {
  private readonly times: FrameTimes;
  private readonly range: Segment;
  private readonly request: SampleRequest;
  private readonly kinds: SightKind[];
  private readonly looker: FrameLooker;
  private readonly progress: ProgressGate;
  private readonly frames = new Set<number>();
  private cuts: number[] = [];
  private shotsFailed: string | Phrase | undefined;
  private shotsAbout = false;
  private speech: SpeechFinding = { events: [] };

  constructor(
    private readonly parts: TimelineRunParts,
    private readonly options: TimelineOptions,
  ) {
    const { opened } = parts.video;
    const { durationSeconds, frameCount } = opened.facts;
    this.times = Float64Array.from({ length: frameCount }, (_, frame) => frameSeconds(opened, frame));
    this.range = { startSeconds: options.span?.startSeconds ?? 0, endSeconds: Math.min(options.span?.endSeconds ?? Infinity, durationSeconds) };
    this.request = {
      times: this.times,
      durationSeconds,
      ...(this.isImage ? {} : { span: this.range }),
      ...(options.framesPerSecond === undefined ? {} : { framesPerSecond: options.framesPerSecond }),
    };
    const wanted = this.visualTracks.flatMap((track): readonly SightKind[] => visualTracks[track]);
    this.kinds = sightKinds.filter((kind) => wanted.includes(kind) && parts.perception.isAvailable(kind));
    this.looker = new FrameLooker({ ...parts, kinds: this.kinds });
    this.progress = new ProgressGate(parts.report);
  }

  async make(): Promise<MadeTimeline> {
    this.checkModels();
    const looks = this.visualTracks.some((track) => track === 'motion' || visualTracks[track].some((kind) => this.kinds.includes(kind)));
    const grid = looks ? planGrid(this.request) : { stepSeconds: 1, frames: [] };
    await this.look(coarseSamples(grid));
    if (this.wants('speech')) {
      await this.listen();
    }
    const cutsMatter = !this.isImage && (this.wants('shots') || (looks && this.options.span === undefined));
    await this.together([() => this.look(grid.frames), ...(cutsMatter ? [(token: CancellationToken) => this.findShots(token)] : [])]);
    await this.look(samplesOfShots(this.request, grid.frames, this.cuts));
    await this.refine(grid.frames.length);
    const readable = [...this.frames].filter((frame) => !this.looker.unreadable.has(frame));
    if (this.frames.size > 0 && readable.length === 0) {
      throw new VideoChatError(ErrorCode.VideoTruncated, phrase`No frame of ${this.parts.video.opened.facts.path} can be decoded.`, {
        hint: 'The file is damaged or cut off. Copy or download it again.',
        subject: this.parts.video.opened.facts.path,
      });
    }
    // Shots that were found at last change where events end.
    const seen = this.seen();
    return this.result(seen, this.tellAll(seen));
  }

  private get isImage(): boolean {
    return this.parts.video.opened.facts.kind === 'image';
  }

  private get visualTracks(): VisualTrack[] {
    const names = Object.keys(visualTracks) as VisualTrack[];
    return names.filter((track) => this.wants(track) && !(track === 'motion' && this.isImage));
  }

  private wants(track: TimelineTrack): boolean {
    return this.options.tracks.includes(track);
  }

  /** Where all that was asked for needs models, and there is none. */
  private checkModels(): void {
    const needModels = this.options.tracks.every((track) => track === 'objects' || track === 'text' || track === 'people');
    if (needModels && this.kinds.length === 0) {
      throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'No perception model for this is installed.', {
        hint: 'Install VideoChat again, or put the models into one of its model folders.',
      });
    }
  }

  /** Runs several things at once; the first failure ends the others, and all have ended when this settles. */
  private async together(works: readonly ((token: CancellationToken) => Promise<void>)[]): Promise<void> {
    const source = cancellationSource();
    const subscription = this.parts.token.onCancellationRequested(() => source.cancel());
    if (this.parts.token.isCancellationRequested) source.cancel();
    let failure: unknown;
    await Promise.all(
      works.map((work) =>
        work(source.token).catch((error: unknown) => {
          failure ??= error;
          source.cancel();
        }),
      ),
    );
    subscription.dispose();
    source.dispose();
    if (failure !== undefined) throw asError(failure);
  }

  private async look(frames: readonly number[]): Promise<void> {
    const before = this.frames.size;
    const fresh = [...new Set(frames)].filter((frame) => !this.frames.has(frame)).sort((a, b) => a - b);
    if (fresh.length === 0) return;
    const total = new Set([...this.frames, ...fresh]).size;
    const told = (done: number): void => {
      fresh.filter((frame) => this.parts.clip.find(frame)).forEach((frame) => this.frames.add(frame));
      this.progress.step({ kind: 'step', what: 'frames', done: before + done, total });
      this.tellTracks();
    };
    told(0);
    await this.looker.look(fresh, told);
    fresh.forEach((frame) => this.frames.add(frame));
    this.progress.step({ kind: 'step', what: 'frames', done: total, total });
    this.tellTracks(true);
  }

  /** Looks closer where the picture changes. */
  private async refine(gridFrames: number): Promise<void> {
    let left = Math.min(frameLimit(this.request) - this.frames.size, Math.ceil(gridFrames * refinementShare));
    for (;;) {
      const more = planRefinement(this.seen().frames, this.cuts, this.times, left).filter((frame) => !this.looker.unreadable.has(frame));
      if (more.length === 0) return;
      await this.look(more);
      left -= more.length;
    }
  }

  private async findShots(token: CancellationToken): Promise<void> {
    const { durationSeconds } = this.parts.video.opened.facts;
    this.progress.step({ kind: 'step', what: 'shots', done: 0, total: durationSeconds });
    try {
      const { seconds, exact } = await this.parts.findShots(token);
      this.shotsAbout = !exact;
      this.cuts = seconds.filter((cut) => cut > this.range.startSeconds && cut < this.range.endSeconds);
    } catch (error) {
      throwIfCancelled(token);
      if (!(error instanceof VideoChatError) || (error.code !== ErrorCode.VideoTruncated && error.code !== ErrorCode.FfmpegFailed)) throw error;
      this.shotsFailed = error.phrases.message;
    }
    this.progress.step({ kind: 'step', what: 'shots', done: durationSeconds, total: durationSeconds });
    if (this.wants('shots')) {
      this.progress.track('shots', nameEvents(this.shots()));
    }
  }

  private shots(): FoundEvent[] {
    return this.shotsFailed === undefined && !this.isImage ? shotEvents(this.cuts, this.range) : [];
  }

  private async listen(): Promise<void> {
    const total = this.range.endSeconds;
    this.speech = await findSpoken({
      ...this.parts,
      video: this.parts.video.opened,
      range: this.range,
      speech: this.options.speech ?? {},
      onProgress: (done) => this.progress.step({ kind: 'step', what: 'speech', done: Math.min(done, total), total }),
      onWords: (done, pieces) => this.progress.step({ kind: 'step', what: 'words', done, total: pieces }),
      onEvents: (events) => this.progress.track('speech', nameEvents(events)),
    });
    this.progress.track('speech', nameEvents(this.speech.events));
  }

  private seen(): SeenClip {
    const { facts } = this.parts.video.opened;
    const frames = [...this.frames]
      .sort((a, b) => a - b)
      .flatMap((frame) => {
        const kept = this.parts.clip.find(frame);
        return kept ? [{ ...kept, seconds: this.times[frame] ?? 0 }] : [];
      });
    const usable = this.kinds.filter((kind) => !this.looker.broken.has(kind));
    const sources = Object.fromEntries(usable.map((kind) => [kind, modelsOf(this.parts.perception.models(), kind)[0]?.id ?? '']));
    return { frames, cuts: this.cuts, range: this.range, aspect: facts.width / facts.height, sources };
  }

  /** Tells what is known so far: not at each step, since all events of a track are sent each time. */
  private tellTracks(always = false): void {
    if (this.progress.isWorthTelling(this.frames.size, always)) this.tellAll();
  }

  private tellAll(seen = this.seen()): ReadonlyMap<TimelineTrack, FoundEvent[]> {
    const found = new Map<TimelineTrack, FoundEvent[]>();
    for (const track of this.visualTracks) {
      if (track === 'motion' || visualTracks[track].some((kind) => kind in seen.sources)) {
        const events = collectEvents(track, seen);
        found.set(track, events);
        this.progress.track(track, nameEvents(events));
      }
    }
    return found;
  }

  /** @param visual events of the tracks that come from looking at frames */
  private result(seen: SeenClip, visual: ReadonlyMap<TimelineTrack, FoundEvent[]>): MadeTimeline {
    const { opened } = this.parts.video;
    const { contentHash, durationSeconds } = opened.facts;
    const found: FoundEvent[] = [];
    const tracks = timelineTracks.filter((track) => this.wants(track)).map((track) => {
      const state = this.stateOf(track, seen);
      const events = state.state === 'unavailable' ? [] : this.eventsOf(track, visual);
      const surest = events.length > mostEvents ? [...events].sort((a, b) => b.confidence - a.confidence).slice(0, mostEvents) : events;
      found.push(...surest);
      return surest === events ? state : { ...state, state: 'partial' as const, note: phrase`Only the ${mostEvents} surest of ${events.length} events are listed.` };
    });
    const used = new Set<string>([...found.map(({ source }) => source), ...Object.values(seen.sources), ...(this.speech.sources ?? [])]);
    return {
      contentHash,
      durationSeconds,
      tracks,
      events: nameEvents(found).sort((a, b) => a.startSeconds - b.startSeconds || timelineTracks.indexOf(a.track) - timelineTracks.indexOf(b.track)),
      frameSeconds: seen.frames.map(({ seconds }) => seconds),
      models: this.parts.perception.models().filter(({ id }) => used.has(id)).map(({ id, name, sha256 }) => ({ id, name, sha256 })),
    };
  }

  private eventsOf(track: TimelineTrack, visual: ReadonlyMap<TimelineTrack, FoundEvent[]>): FoundEvent[] {
    return track === 'shots' ? this.shots() : track === 'speech' ? this.speech.events : (visual.get(track) ?? []);
  }

  private stateOf(track: TimelineTrack, { sources }: SeenClip): MadeTimeline['tracks'][number] {
    if (this.isImage && (track === 'shots' || track === 'motion' || track === 'speech')) {
      return { track, state: 'unavailable', note: phrase`A picture has no course of time.` };
    }
    if (track === 'shots' && this.shotsFailed !== undefined) {
      return { track, state: 'unavailable', note: this.shotsFailed };
    }
    if (track === 'shots') {
      return this.shotsAbout
        ? { track, state: 'partial', note: phrase`The clip is long: only its key frames were compared, and some shots may begin a little earlier or be missing.` }
        : { track, state: 'complete' };
    }
    if (track === 'speech') {
      const { state = 'complete', note } = this.speech;
      return { track, state, ...(note === undefined ? {} : { note }) };
    }
    const kinds: readonly SightKind[] = visualTracks[track];
    if (kinds.length > 0 && !kinds.some((kind) => kind in sources)) {
      const reason = kinds.map((kind) => this.looker.broken.get(kind)).find((each) => each !== undefined);
      return { track, state: 'unavailable', note: reason ?? phrase`No perception model for this is installed.` };
    }
    const lost = this.looker.unreadable.size;
    return lost === 0 ? { track, state: 'complete' } : { track, state: 'partial', note: phrase`${lost} frames cannot be decoded: the file is damaged.` };
  }
}
