import type { MadeTimeline } from '../perception/timelineRun.js';
import type { SearchRow } from './clipEntry.js';
import type { ToldPart } from './sources/toldSource.js';

/** What became known of a clip while this server runs. */
export interface Noticed {
  /** Somebody has looked through all of it. */
  whole: boolean;
  told: Map<ToldPart, SearchRow[]>;
}

/** Clips of which something became known since they were taken last. */
export class NoticedClips {
  private readonly clips = new Map<string, Noticed>();

  add(path: string, { whole, told }: { whole?: boolean; told?: [ToldPart, SearchRow[]] }): void {
    const noticed = this.clips.get(path) ?? { whole: false, told: new Map<ToldPart, SearchRow[]>() };
    noticed.whole ||= whole ?? false;
    if (told) {
      noticed.told.set(...told);
    }
    this.clips.set(path, noticed);
  }

  take(): Map<string, Noticed> {
    const taken = new Map(this.clips);
    this.clips.clear();
    return taken;
  }
}

/** Words that a model has heard; those of subtitles are found where they stand. */
export function spokenRows({ events }: MadeTimeline): SearchRow[] {
  return events
    .filter(({ track, label, source }) => track === 'speech' && label !== 'speech' && source !== 'subtitles')
    .map(({ startSeconds, endSeconds, label, source, confidence }) => ({ kind: 'speech', text: label, startSeconds, endSeconds, source, confidence }));
}
