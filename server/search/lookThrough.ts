import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { Engine } from '../engine/engine.js';
import { VideoLibrary } from '../engine/videoLibrary.js';
import type { FrameOnlooker } from '../perception/frameOnlooker.js';
import { type TimelineCreateProgress, timelineTracks } from '../protocol/index.js';

/** What of looking through a clip these steps are, about; others count for little. */
const shares = { speech: 0.1, shots: 0.1, frames: 0.8 };
type Step = keyof typeof shares;

/**
 * Looks through one clip, as the command does; what was seen is kept.
 *
 * @param onlookerFor who sees the same frames; gets the hash of the clip's content
 * @throws as `timeline/create`
 */
export async function lookThrough(
  engine: Engine,
  path: string,
  { lane, token, onlookerFor }: { lane: Lane; token: CancellationToken; onlookerFor(content: string): Promise<FrameOnlooker | undefined> },
  report: (fraction: number) => void,
): Promise<void> {
  const videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  const { videoId } = await engine.probing.run(lane, () => videos.open(path, token), token);
  const done = { speech: 0, shots: 0, frames: 0 };
  const onProgress = (progress: TimelineCreateProgress): void => {
    if (progress.kind === 'step' && progress.total > 0 && progress.what in done) {
      done[progress.what as Step] = progress.done / progress.total;
      report(shares.speech * done.speech + shares.shots * done.shots + shares.frames * done.frames);
    }
  };
  const video = videos.get(videoId);
  const onlooker = await onlookerFor(video.opened.facts.contentHash);
  await engine.timelines.create(video, { tracks: timelineTracks }, lane, token, onProgress, onlooker);
}
