import { randomUUID } from 'node:crypto';
import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { AnswersFrom, ChatProgress, FramePlan, SamplingOptions, Segment } from '../protocol/index.js';
import { answerQuestion } from './answerQuestion.js';
import type { AnswerConstraint, AnswerRequest } from './answerRequest.js';
import { type ChosenHalf, foreseeHalf } from './chooseHalf.js';
import { Conversation } from './conversation.js';
import { checkMedia, createMedium } from './medium.js';
import { StageClock } from './stageClock.js';

export interface ClipQuestion {
  question: string;
  /** Left out: the whole. */
  span?: Segment;
  /** Frame plan instead of the model's own. */
  plan?: string;
  answersFrom?: AnswersFrom;
  sampling?: SamplingOptions;
  constraint?: AnswerConstraint;
  /** The beginning of the answer, put into the model's mouth. */
  primer?: string;
  choice?: AnswerRequest['choice'];
  token: CancellationToken;
  translate: Translate;
  progress?(value: ChatProgress): void;
}

/** Questions to a model about one clip, each as if nothing had been said before. What they have in common is made once. */
export class ClipQuestions {
  private readonly conversation: Conversation;

  /**
   * @param lane beside whose other work it is done; its own where left out
   * @throws VideoChatError InvalidParams for a clip that the model does not take
   */
  constructor(
    private readonly engine: Engine,
    slot: ModelSlot,
    video: LibraryVideo,
    { client, chat = `ask-${randomUUID()}` }: Pick<Lane, 'client'> & Partial<Lane>,
  ) {
    checkMedia([video], slot.manifest);
    this.conversation = new Conversation(chat, [createMedium(video)], slot, slot.manifest.id, {}, client);
  }

  /** @returns also the frames that were looked at. @throws what `chat/send` throws */
  async ask(question: ClipQuestion): Promise<{ text: string; plan: FramePlan }> {
    const { text, plan } = await answerQuestion(this.engine, this.requestOf(question));
    return { text, plan };
  }

  /** Which half of the model would answer. */
  half(question: ClipQuestion): Promise<ChosenHalf> {
    return foreseeHalf(this.engine, this.requestOf(question));
  }

  async dispose(): Promise<void> {
    await this.conversation.close();
  }

  private requestOf({ question, span, plan, sampling = {}, progress, ...more }: ClipQuestion): AnswerRequest {
    return {
      ...more,
      conversation: this.conversation,
      question,
      frames: { ...(plan === undefined ? {} : { plan }), ...(span ? { span } : {}) },
      turns: [],
      sampling,
      clock: new StageClock(performance.now()),
      progress: (value) => progress?.(value),
    };
  }
}
