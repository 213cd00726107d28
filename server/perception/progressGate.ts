import type { TimelineCreateProgress, TimelineEvent, TimelineTrack } from '../protocol/index.js';

/** Lets through what is news: steps by the hundredth, tracks when they have changed. */
export class ProgressGate {
  private readonly told = new Map<string, string>();
  private framesTold = 0;

  constructor(private readonly report: (progress: TimelineCreateProgress) => void) {}

  step(progress: TimelineCreateProgress & { kind: 'step' }): void {
    const { what, done, total } = progress;
    this.once(what, `${total > 0 ? Math.floor((100 * done) / total) : 100} of ${total}`, progress);
  }

  /** Whether so many more frames are known than when tracks were told last. All events are sent each time: not too often. */
  isWorthTelling(frames: number, always: boolean): boolean {
    const worth = frames > 0 && (always ? frames > this.framesTold : frames >= this.framesTold * 1.3 + 4);
    if (worth) this.framesTold = frames;
    return worth;
  }

  track(track: TimelineTrack, events: TimelineEvent[]): void {
    this.once(track, JSON.stringify(events), { kind: 'track', track, events });
  }

  private once(what: string, now: string, progress: TimelineCreateProgress): void {
    if (this.told.get(what) === now) return;
    this.told.set(what, now);
    this.report(progress);
  }
}
