import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import { type Segment, type Timeline, timelineTracks, type WorkStep } from '../protocol/index.js';

/** All that perception models notice in a clip or a part of it; without them, its shots and how it moves. @throws what looking through a clip throws */
export async function makeTimeline(
  engine: Engine,
  video: LibraryVideo,
  lane: Lane,
  translate: Translate,
  token: CancellationToken,
  progress: (value: WorkStep) => void,
  span?: Segment,
): Promise<Timeline> {
  const made = await engine.timelines.create(video, { tracks: [...timelineTracks], ...(span ? { span } : {}) }, lane, token, (value) => {
    if (value.kind === 'step') progress({ kind: 'step', what: 'looking', done: value.done, total: value.total });
  });
  return { ...made, tracks: made.tracks.map(({ note, ...track }) => ({ ...track, ...(note === undefined ? {} : { note: translate(note) }) })) };
}
