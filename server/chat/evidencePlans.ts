import type { Engine } from '../engine/engine.js';
import { type FramePlan, phrase, type TimelineEvent } from '../protocol/index.js';
import type { AnswerRequest } from './answerRequest.js';
import type { NoticedMedium } from './lookThrough.js';

/** Frames that are shown as evidence of one clip. */
const mostFrames = 8;

/** Of each medium the frames that show best what an answer rests on; none where it rests on nothing of it. */
export async function evidencePlans(
  engine: Engine,
  { conversation, translate }: AnswerRequest,
  noticed: readonly NoticedMedium[],
  evidence: readonly { medium: number; event: TimelineEvent }[],
): Promise<FramePlan[]> {
  const reason = translate(phrase`The frames that show best what the answer rests on.`);
  const plans: FramePlan[] = [];
  for (const [index, { video }] of conversation.media.entries()) {
    const { opened } = video;
    const { durationSeconds, kind } = opened.facts;
    const own = evidence.filter(({ medium }) => medium === index);
    const moments = own.map(({ event }) => Math.min(event.bestSeconds ?? event.startSeconds, durationSeconds).toFixed(3));
    const times = [...new Set(moments)].slice(0, mostFrames);
    if (times.length > 0) {
      const planned = await engine.parts.video.plan(opened, kind === 'image' ? 'videochat:1' : `at:${times.join(',')}`, undefined, mostFrames);
      plans.push({ ...planned, reason });
    } else {
      const span = noticed.find(({ medium }) => medium === index)?.span ?? { startSeconds: 0, endSeconds: durationSeconds };
      plans.push({ spec: 'timeline', span, indices: [], seconds: [], reason });
    }
  }
  return plans;
}
