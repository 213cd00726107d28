import type { CancellationToken } from '../../common/cancellation.js';
import type { Engine } from '../../engine/engine.js';
import { findTextStream } from '../../perception/subtitles/findSubtitles.js';
import { readSidecar, readSubtitles } from '../../perception/subtitles/readSubtitles.js';
import { pinnedInput, type ProbedVideo } from '../../video/probeVideo.js';
import { readStreams } from '../../video/readStreams.js';
import { sniffContainer } from '../../video/sniffContainer.js';
import type { SearchRow } from '../clipEntry.js';
import type { ScannedClip } from '../scanClips.js';
import type { SearchSource } from '../searchSource.js';

type SourceEngine = Pick<Engine, 'ffmpeg' | 'probes'>;
/** Containers that may hold text. */
const withText = new Set(['mov', 'matroska', 'ogg', 'mpegts', 'asf']);

/** Subtitles in files beside clips. */
export function sidecarSource({ ffmpeg }: SourceEngine): SearchSource {
  return {
    name: 'sidecar',
    stamp: async ({ subtitles }) => subtitles?.stamp,
    read: async ({ subtitles }, token) => rowsOf(subtitles && (await readSidecar(subtitles.source, await ffmpeg.tools(), token))),
  };
}

/**
 * Subtitles inside clips. Looking for them takes a moment for each clip; only those that have some are read whole.
 *
 * @param probe looks at a clip as for opening it
 */
export function embeddedSource(engine: SourceEngine, probe: (path: string, token: CancellationToken) => Promise<ProbedVideo>): SearchSource {
  const { ffmpeg, probes } = engine;
  return {
    name: 'embedded',
    isSlow: true,
    // What lies beside a clip counts instead of what is inside, as for players.
    stamp: async ({ stamp, subtitles }) => (subtitles ? undefined : stamp),
    read: async (clip, token) => {
      const known = await probes.known(clip.path);
      const tools = await ffmpeg.tools();
      if (!known && !(await hasText(clip, tools.ffprobe, token))) {
        return [];
      }
      const video = known ?? (await probe(clip.path, token));
      const source = findTextStream(video.facts.streams);
      return rowsOf(source && (await readSubtitles(video, source, tools, token)));
    },
  };
}

async function hasText({ path }: ScannedClip, ffprobe: string, token: CancellationToken): Promise<boolean> {
  const container = await sniffContainer(path);
  if (!container || !withText.has(container.demuxer)) {
    return false;
  }
  const inputArgs = ['-hide_banner', '-loglevel', 'error', ...pinnedInput(path, container.demuxer)];
  const { streams } = await readStreams({ ffprobe, inputArgs, bytes: 0, token }, false, path);
  return findTextStream(streams) !== undefined;
}

function rowsOf(lines: Awaited<ReturnType<typeof readSidecar>>): SearchRow[] {
  return (lines ?? []).map((line) => ({ ...line, kind: 'speech', source: 'subtitles' }));
}
