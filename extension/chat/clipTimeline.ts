import type { Disposable } from '../../server/common/dispose.js';
import {
  ErrorCode,
  type PanelTimeline,
  type Timeline,
  type TimelineCreateProgress,
  TimelineCreateRequest,
  type TimelineEvent,
  type TimelineTrack,
  timelineTracks,
} from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { panelTrack } from './panelTimeline.js';
import { hasCode, problemOf } from './problems.js';

type Step = NonNullable<PanelTimeline['step']>;

export interface ClipTimelinePorts {
  t: Translate;
  /** The clip as the server knows it, which is started if need be. @throws VideoChatError */
  open(): Promise<{ running: RunningServer; videoId: string; contentHash: string }>;
  /** What the page shows has changed; nothing: there is no timeline any more. */
  changed(view: PanelTimeline | undefined): void;
}

/** The page is told of progress at most this often. */
const intervalMs = 250;

/** What was noticed in one clip of a panel. Looked for only when somebody wants it; kept as long as the panel is open. */
export class ClipTimeline implements Disposable {
  private made: Timeline | undefined;
  private shown: PanelTimeline | undefined;
  private run: AbortController | undefined;
  private contentHash: string | undefined;
  private readonly steps = new Map<Step['what'], Step>();
  private readonly events = new Map<TimelineTrack, TimelineEvent[]>();
  private timer: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(private readonly ports: ClipTimelinePorts) {}

  /** Nothing before somebody wants one. */
  view(): PanelTimeline | undefined {
    return this.shown;
  }

  /** The whole, once it is there. */
  get timeline(): Timeline | undefined {
    return this.made;
  }

  /** Looks through the clip, unless that is being done; settles when it has ended, in whichever way. */
  async start(): Promise<void> {
    if (this.run || this.disposed) {
      return;
    }
    const run = (this.run = new AbortController());
    const { signal } = run;
    this.steps.clear();
    this.show('creating');
    try {
      const { running, videoId, contentHash } = await this.ports.open();
      if (signal.aborted) {
        return;
      }
      this.contentHash = contentHash;
      const onProgress = (progress: TimelineCreateProgress): void => this.note(run, progress);
      const timeline = await running.client.request(TimelineCreateRequest, { videoId }, { signal, onProgress });
      if (this.run === run) {
        this.run = undefined;
        this.made = timeline;
        this.show('ready');
      }
    } catch (error) {
      if (this.run === run) {
        this.run = undefined;
        // A server that is being shut down cancels by itself.
        const isStopped = hasCode(error, ErrorCode.RequestCancelled);
        this.show(isStopped ? 'stopped' : 'failed', isStopped ? {} : { problem: problemOf(error, this.ports.t) });
      }
    }
  }

  /** What was found so far stays in view. */
  stop(): void {
    if (this.run) {
      this.cancel();
      this.show(this.made ? 'ready' : 'stopped');
    }
  }

  /** The clip's content, as it is on disk now: what was noticed in another is forgotten. */
  clipIs(contentHash: string | undefined): void {
    if (contentHash === undefined || this.contentHash === undefined || contentHash === this.contentHash) {
      return;
    }
    this.cancel();
    this.made = this.shown = this.contentHash = undefined;
    this.events.clear();
    this.ports.changed(undefined);
  }

  dispose(): void {
    this.disposed = true;
    this.cancel();
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.run?.abort();
    this.run = undefined;
  }

  private note(run: AbortController, progress: TimelineCreateProgress): void {
    if (this.run !== run) {
      return;
    }
    if (progress.kind === 'step') {
      const { what, done, total } = progress;
      this.steps.set(what, { what, done, total });
    } else {
      this.events.set(progress.track, progress.events);
    }
    this.timer ??= setTimeout(() => this.show('creating'), intervalMs);
  }

  private show(state: PanelTimeline['state'], more: Pick<PanelTimeline, 'problem'> = {}): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { made } = this;
    const step = state === 'creating' ? this.step : undefined;
    const tracks = made
      ? made.tracks.map((track) => panelTrack(track, made.events.filter((event) => event.track === track.track)))
      : timelineTracks.flatMap((track) => (this.events.has(track) ? [panelTrack({ track }, this.events.get(track) ?? [])] : []));
    this.shown = { state, ...(step ? { step } : {}), ...more, tracks };
    this.ports.changed(this.shown);
  }

  /** Shots are looked for beside the frames: one thing is told at a time, the longest first. */
  private get step(): Step | undefined {
    const steps = (['speech', 'words', 'frames', 'shots'] as const).flatMap((what) => this.steps.get(what) ?? []);
    return steps.find(({ done, total }) => done < total) ?? steps.at(-1);
  }
}
