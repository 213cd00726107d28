import type { TimedText } from '../context/buildTimelineContext.js';
import type { Engine } from '../engine/engine.js';
import type { MadeTimeline } from '../perception/timelineRun.js';
import { type Segment, timelineTracks } from '../protocol/index.js';
import type { AnswerRequest } from './answerRequest.js';
import { viewOf } from './medium.js';

/** What was noticed in a medium, for one question. */
export interface NoticedMedium {
  /** Its place in the conversation. */
  medium: number;
  timeline: MadeTimeline;
  /** The part that is asked about. */
  span?: Segment;
  contentHash: string;
  /** What was said of its parts, where it is long. */
  captions?: readonly TimedText[];
}

/** Parts of one medium whose timelines are kept. */
const keptTimelines = 8;

/**
 * Has perception models look through all media, one after the other, where that was not done before.
 *
 * @returns with `known`: nothing had to be done
 * @throws what `timeline/create` throws
 */
export async function lookThrough(engine: Engine, request: AnswerRequest): Promise<{ noticed: NoticedMedium[]; known: boolean }> {
  const { conversation, frames, clock, token, progress } = request;
  const { media, lane } = conversation;
  const noticed: NoticedMedium[] = [];
  let known = true;
  for (const [index, { video, timelines }] of media.entries()) {
    const { kind, contentHash } = video.opened.facts;
    const { span } = kind === 'image' ? {} : viewOf(media, index, frames, conversation.options);
    const key = JSON.stringify([span?.startSeconds, span?.endSeconds]);
    let timeline = timelines.get(key);
    if (!timeline) {
      known = false;
      progress({ kind: 'stage', stage: 'looking' });
      const started = performance.now();
      const options = { tracks: timelineTracks, ...(span ? { span } : {}) };
      timeline = await engine.timelines.create(video, options, lane, token, (step) => {
        if (step.kind === 'step' && step.what === 'frames') {
          progress({ kind: 'stage', stage: 'looking', done: step.done, total: step.total });
        }
      });
      clock.addLook(performance.now() - started);
      for (const oldest of [...timelines.keys()].slice(0, Math.max(0, timelines.size + 1 - keptTimelines))) {
        timelines.delete(oldest);
      }
      timelines.set(key, timeline);
    }
    noticed.push({ medium: index, timeline, contentHash, ...(span ? { span } : {}) });
  }
  return { noticed, known };
}

/** Nothing was there that could have noticed what a clip shows and says. */
export function isBlind({ timeline }: NoticedMedium): boolean {
  const telling = timeline.tracks.filter(({ track }) => track === 'objects' || track === 'text' || track === 'people');
  return telling.every(({ state }) => state === 'unavailable') && !timeline.events.some(({ track }) => track === 'speech');
}
