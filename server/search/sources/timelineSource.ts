import type { TimelineService } from '../../perception/timelineService.js';
import type { SearchKind, TimelineTrack } from '../../protocol/index.js';
import type { ProbeCache } from '../../video/probeCache.js';
import type { SearchRow } from '../clipEntry.js';
import type { SearchSource } from '../searchSource.js';

/** Where one finds what; shots are no moments, and subtitles are found by their own source. */
const kinds: Partial<Record<TimelineTrack, SearchKind>> = { objects: 'objects', people: 'people', text: 'text', motion: 'motion' };

/** What was noticed when somebody looked through a clip. */
export function timelineSource(timelines: TimelineService, probes: ProbeCache): SearchSource {
  return {
    name: 'timeline',
    stamp: async (clip, known) => {
      const [stamp, hash] = known?.split(' ') ?? [];
      const contentHash = stamp === clip.stamp ? hash : (await probes.known(clip.path))?.facts.contentHash;
      const kept = contentHash === undefined ? undefined : await timelines.keptStamp(contentHash);
      return kept === undefined ? undefined : `${clip.stamp} ${contentHash} ${kept}`;
    },
    read: async (clip) => {
      const video = await probes.known(clip.path);
      const events = video ? await timelines.kept(video) : [];
      return events.flatMap(({ track, label, startSeconds, endSeconds, confidence, source, count, bestSeconds }): SearchRow[] => {
        const kind = kinds[track];
        const more = { ...(count === undefined ? {} : { count }), ...(bestSeconds === undefined ? {} : { bestSeconds }) };
        return kind ? [{ kind, text: label, startSeconds, endSeconds, confidence, source, ...more }] : [];
      });
    },
  };
}
