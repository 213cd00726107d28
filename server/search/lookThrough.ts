import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { Engine } from '../engine/engine.js';
import { VideoLibrary } from '../engine/videoLibrary.js';
import { type TimelineCreateProgress, timelineTracks } from '../protocol/index.js';

/** What of looking through a clip these steps are, about; others count for little. */
const shares = { speech: 0.1, shots: 0.1, frames: 0.8 };
type Step = keyof typeof shares;

/** Looks through one clip, as the command does; what was seen is kept. @throws as `timeline/create` */
export async function lookThrough(engine: Engine, path: string, lane: Lane, token: CancellationToken, report: (fraction: number) => void): Promise<void> {
  const videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  const { videoId } = await engine.probing.run(lane, () => videos.open(path, token), token);
  const done = { speech: 0, shots: 0, frames: 0 };
  const onProgress = (progress: TimelineCreateProgress): void => {
    if (progress.kind === 'step' && progress.total > 0 && progress.what in done) {
      done[progress.what as Step] = progress.done / progress.total;
      report(shares.speech * done.speech + shares.shots * done.shots + shares.frames * done.frames);
    }
  };
  await engine.timelines.create(videos.get(videoId), { tracks: timelineTracks }, lane, token, onProgress);
}
