import { randomUUID } from 'node:crypto';
import { chooseHalf as chooseAnswerHalf } from '../chat/chooseHalf.js';
import { Conversation } from '../chat/conversation.js';
import { isBlind } from '../chat/lookThrough.js';
import { checkMedia, createMedium } from '../chat/medium.js';
import { StageClock } from '../chat/stageClock.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import { halvesOf } from '../models/textHalf.js';
import type { AnswersFrom, ChatProgress, SummarySource, Timeline } from '../protocol/index.js';
import { chooseHalf } from './chooseHalf.js';
import { isLong } from './isLong.js';

export interface ResolveHalfRequest {
  slot: ModelSlot;
  /** The client's id. */
  client: string;
  video: LibraryVideo;
  asked: AnswersFrom | 'events' | undefined;
  /** Made where it decides. */
  timeline(): Promise<Timeline>;
  token: CancellationToken;
  translate: Translate;
  progress(value: ChatProgress): void;
}

/**
 * Which half of a model tells of a clip: what was asked for, else what a chat would answer from: a model that was trained
 * on nothing like the clip reads what was noticed in it, if anything could be.
 *
 * @throws VideoChatError InvalidParams for a half that the model does not have; what loading a model and looking throw
 */
export async function resolveHalf(engine: Engine, { slot, client, video, asked = 'auto', timeline, token, translate, progress }: ResolveHalfRequest): Promise<SummarySource> {
  const halves = halvesOf(slot.manifest);
  if (asked !== 'auto' || !(halves.includes('timeline') && halves.includes('embeddings'))) {
    return chooseHalf(slot.manifest, asked);
  }
  // Of a long clip each window is looked at.
  if (!slot.manifest.demonstration && isLong(video.opened.facts, undefined, engine.settings.longClipSeconds)) {
    return 'embeddings';
  }
  checkMedia([video], slot.manifest);
  const conversation = new Conversation(`half-${randomUUID()}`, [createMedium(video)], slot, slot.manifest.id, {}, client);
  const lease = await slot.acquire(token);
  try {
    const clock = new StageClock(performance.now());
    const request = { conversation, question: '', frames: {}, turns: [], sampling: {}, token, clock, translate, progress };
    const { half, otherwise } = await chooseAnswerHalf(engine, request, lease.model);
    const isNoUse = half === 'timeline' && otherwise !== undefined && isBlind({ medium: 0, contentHash: '', timeline: await timeline() });
    return isNoUse ? 'embeddings' : half;
  } finally {
    lease.release();
    await conversation.close();
  }
}
