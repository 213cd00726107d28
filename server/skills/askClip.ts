import { randomUUID } from 'node:crypto';
import { answerQuestion } from '../chat/answerQuestion.js';
import type { AnswerConstraint, AnswerRequest } from '../chat/answerRequest.js';
import { chooseHalf } from '../chat/chooseHalf.js';
import { Conversation } from '../chat/conversation.js';
import { checkMedia, createMedium } from '../chat/medium.js';
import { StageClock } from '../chat/stageClock.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { AnswerHalf, AnswersFrom, ChatProgress, FramePlan, SamplingOptions, Segment } from '../protocol/index.js';

export interface AskClipRequest {
  slot: ModelSlot;
  client: string;
  video: LibraryVideo;
  question: string;
  /** Left out: the whole. */
  span?: Segment;
  plan?: string;
  answersFrom?: AnswersFrom;
  sampling?: SamplingOptions;
  constraint?: AnswerConstraint;
  /** The beginning of the answer, put into the model's mouth. */
  primer?: string;
  token: CancellationToken;
  translate: Translate;
  /** Stages only. */
  progress?(value: ChatProgress): void;
}

/**
 * One question to a model about a clip, as if nothing had been said before.
 *
 * @returns also the frames that were looked at
 * @throws what `chat/create` and `chat/send` throw
 */
export async function askClip(engine: Engine, request: AskClipRequest): Promise<{ text: string; plan: FramePlan }> {
  return converse(request, async (asked) => {
    const { text, plan } = await answerQuestion(engine, asked);
    return { text, plan };
  });
}

/** Which half of a model answers about a clip where nobody says. */
export async function halfFor(engine: Engine, request: AskClipRequest): Promise<AnswerHalf> {
  const lease = await request.slot.acquire(request.token);
  try {
    return await converse(request, async (asked) => (await chooseHalf(engine, asked, lease.model)).half);
  } finally {
    lease.release();
  }
}

async function converse<T>({ slot, client, video, question, span, plan, answersFrom, sampling = {}, constraint, primer, token, translate, progress }: AskClipRequest, ask: (request: AnswerRequest) => Promise<T>): Promise<T> {
  checkMedia([video], slot.manifest);
  const conversation = new Conversation(`ask-${randomUUID()}`, [createMedium(video)], slot, slot.manifest.id, {}, client);
  try {
    return await ask({
      conversation,
      question,
      frames: { ...(plan === undefined ? {} : { plan }), ...(span ? { span } : {}) },
      ...(answersFrom === undefined ? {} : { answersFrom }),
      turns: [],
      sampling,
      ...(constraint ? { constraint } : {}),
      ...(primer === undefined ? {} : { primer }),
      token,
      clock: new StageClock(performance.now()),
      translate,
      progress: (value) => (value.kind === 'stage' ? progress?.(value) : undefined),
    });
  } finally {
    await conversation.close();
  }
}
