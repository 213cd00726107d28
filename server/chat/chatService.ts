import { randomUUID } from 'node:crypto';
import type { CancellationToken } from '../common/cancellation.js';
import { linkTokens } from '../common/linkTokens.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { VideoLibrary } from '../engine/videoLibrary.js';
import {
  type AnswersFrom,
  type ChatAnswer,
  type ChatCreateParams,
  type ChatHistory,
  type ChatMediaResult,
  type ChatOptions,
  type ChatProgress,
  type ChatTurn,
  ErrorCode,
  type ForeseenHalf,
  Limits,
  type MediumView,
  phrase,
  type SamplingOptions,
  type Segment,
  VideoChatError,
} from '../protocol/index.js';
import { answerQuestion } from './answerQuestion.js';
import { InterruptedAnswer } from './answerRequest.js';
import { foreseeHalf } from './chooseHalf.js';
import { Conversation } from './conversation.js';
import { checkMedia, checkViews, createMedium, type Medium, spanMedium, withoutMedium } from './medium.js';
import { StageClock } from './stageClock.js';

/** What a question or its repetition comes with. */
export interface AskContext {
  sampling?: SamplingOptions;
  token: CancellationToken;
  arrivedMs: number;
  progress(value: ChatProgress): void;
}

/** A question, with the frames it is about where they are not the conversation's. */
export interface Question {
  text: string;
  plan?: string;
  span?: Segment;
  views?: MediumView[];
  answersFrom?: AnswersFrom;
  /** Turns to ask after; left out: all. */
  keepTurns?: number;
}

/** The conversations of one client. */
export class ChatService {
  private readonly chats = new Map<string, Conversation>();

  constructor(
    private readonly engine: Engine,
    private readonly videos: VideoLibrary,
    private readonly clientId: string,
    private readonly translate: Translate,
  ) {}

  get size(): number {
    return this.chats.size;
  }

  async create(params: ChatCreateParams): Promise<{ chatId: string }> {
    const conversation = await this.start(`chat-${randomUUID()}`, this.mediaOf(params), params.modelId, params.options ?? {});
    return { chatId: conversation.id };
  }

  /** Which half would answer the first question of such a conversation. */
  async foresee(params: ChatCreateParams, token: CancellationToken): Promise<ForeseenHalf> {
    const { modelId, options = {} } = params;
    const media = this.mediaOf(params);
    const slot = await this.engine.models.get(modelId);
    checkMedia(media.map(({ video }) => video), slot.manifest);
    checkViews(options.views, media);
    const conversation = new Conversation(`foresee-${randomUUID()}`, media, slot, modelId, options, this.clientId);
    try {
      const clock = new StageClock(performance.now());
      const request = { conversation, question: '', frames: {}, turns: [], sampling: {}, token, clock, translate: this.translate, progress: () => undefined };
      const { half, reason } = await foreseeHalf(this.engine, request);
      return { half, ...(reason ? { reason: this.translate(reason) } : {}) };
    } finally {
      await conversation.close();
    }
  }

  /** Takes up a saved conversation; keeps its id unless that is taken. */
  async restore(history: ChatHistory, token: CancellationToken): Promise<{ chatId: string; videoId: string; videoIds: string[] }> {
    const { turns } = history;
    const videoIds: string[] = [];
    const media: Medium[] = [];
    for (const { path, fromTurn = 0 } of history.media ?? [{ path: history.videoPath }]) {
      const { videoId } = await this.videos.open(path, token);
      videoIds.push(videoId);
      media.push(createMedium(this.videos.get(videoId), Math.min(fromTurn, turns.length)));
    }
    const id = this.chats.has(history.chatId) ? `chat-${randomUUID()}` : history.chatId;
    const conversation = await this.start(id, media, history.modelId, history.options);
    conversation.turns.push(...turns);
    return { chatId: conversation.id, videoId: videoIds[0] ?? '', videoIds };
  }

  /** Adds media behind what was said. @throws VideoChatError TooManyMedia, VideoUnknown, InvalidParams */
  addMedia(chatId: string, videoIds: readonly string[], token: CancellationToken): Promise<ChatMediaResult> {
    return this.changeMedia(chatId, token, ({ media, slot, turns }) => {
      const added = videoIds.map((id) => createMedium(this.videos.get(id), turns.length));
      checkMedia([...media, ...added].map(({ video }) => video), slot.manifest);
      media.push(...added);
    });
  }

  /** @throws VideoChatError InvalidParams if there is no such medium, or no other */
  removeMedium(chatId: string, index: number, token: CancellationToken): Promise<ChatMediaResult> {
    return this.changeMedia(chatId, token, (conversation) => {
      const { media, turns, options } = conversation;
      if (index >= media.length || media.length === 1) {
        const message = media.length === 1 ? phrase`A conversation needs something to look at.` : phrase`The conversation has ${media.length} media, none at place ${index}.`;
        throw new VideoChatError(ErrorCode.InvalidParams, message, { hint: 'Places count from 0. The last medium stays.', subject: chatId });
      }
      const spanGoes = index === spanMedium(media);
      media.splice(index, 1);
      conversation.options = withoutMedium(options, index, spanGoes);
      turns.forEach((turn, place) => (turns[place] = withoutMedium(turn, index, spanGoes)));
    });
  }

  history(chatId: string): ChatHistory {
    return this.get(chatId).history();
  }

  /** Asks a question at the end of a conversation, or after some of its turns. @throws VideoChatError InvalidParams */
  async send(chatId: string, question: Question, context: AskContext): Promise<ChatAnswer> {
    const conversation = this.get(chatId);
    return this.inTurn(conversation, context, (clock, token) => {
      const { turns } = conversation;
      checkViews(question.views, conversation.media);
      const { keepTurns = turns.length } = question;
      if (keepTurns > turns.length) {
        throw new VideoChatError(ErrorCode.InvalidParams, phrase`The conversation has ${turns.length} turns, not ${keepTurns}.`, {
          hint: 'Take it up from its history with chat/restore.',
          subject: chatId,
        });
      }
      return this.ask(conversation, turns.slice(0, keepTurns), question, clock, token, context);
    });
  }

  /** Answers the last question again. @throws VideoChatError NothingToRegenerate */
  async regenerate(chatId: string, context: AskContext & { answersFrom?: AnswersFrom }): Promise<ChatAnswer> {
    const conversation = this.get(chatId);
    return this.inTurn(conversation, context, (clock, token) => {
      const last = conversation.turns.at(-1);
      if (!last) {
        throw new VideoChatError(ErrorCode.NothingToRegenerate, 'There is no answer to make again.', {
          hint: 'Ask a question first.',
          subject: chatId,
        });
      }
      const answersFrom = context.answersFrom ?? last.answersFrom;
      const again = { ...last, text: last.question, ...(answersFrom === undefined ? {} : { answersFrom }) };
      return this.ask(conversation, conversation.turns.slice(0, -1), again, clock, token, context);
    });
  }

  async close(chatId: string): Promise<void> {
    const conversation = this.get(chatId);
    this.chats.delete(chatId);
    await conversation.close();
  }

  async dispose(): Promise<void> {
    const open = [...this.chats.values()];
    this.chats.clear();
    await Promise.all(open.map((conversation) => conversation.close()));
  }

  /** Media change between answers only. */
  private async changeMedia(chatId: string, token: CancellationToken, change: (conversation: Conversation) => void): Promise<ChatMediaResult> {
    const conversation = this.get(chatId);
    const linked = linkTokens(token, conversation.closed);
    try {
      return await conversation.queue.run(conversation.lane, async () => {
        change(conversation);
        return { media: conversation.media.length };
      }, linked.token);
    } finally {
      linked.dispose();
    }
  }

  private mediaOf({ videoId, videoIds }: ChatCreateParams): Medium[] {
    const ids = videoIds ?? (videoId === undefined ? [] : [videoId]);
    return ids.map((id) => createMedium(this.videos.get(id)));
  }

  private async start(id: string, media: Medium[], modelId: string, options: ChatOptions): Promise<Conversation> {
    const slot = await this.engine.models.get(modelId);
    checkMedia(media.map(({ video }) => video), slot.manifest);
    checkViews(options.views, media);
    if (this.chats.size >= Limits.openChats) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${Limits.openChats} conversations are open.`, {
        hint: 'Close some with chat/close.',
      });
    }
    const conversation = new Conversation(id, media, slot, modelId, options, this.clientId);
    this.chats.set(id, conversation);
    return conversation;
  }

  private get(chatId: string): Conversation {
    const conversation = this.chats.get(chatId);
    if (!conversation) {
      throw new VideoChatError(ErrorCode.ChatUnknown, 'This conversation is not open.', {
        hint: 'Create one with chat/create, or take up a saved one with chat/restore.',
        subject: chatId,
      });
    }
    return conversation;
  }

  /** Runs a question when those before it in its conversation have ended. */
  private async inTurn(
    conversation: Conversation,
    context: AskContext,
    run: (clock: StageClock, token: CancellationToken) => Promise<ChatAnswer>,
  ): Promise<ChatAnswer> {
    const clock = new StageClock(context.arrivedMs);
    const linked = linkTokens(context.token, conversation.closed);
    const asked = performance.now();
    try {
      const turn = (): Promise<ChatAnswer> => {
        clock.add('queued', performance.now() - asked);
        return run(clock, linked.token);
      };
      const wait = (): void => context.progress({ kind: 'stage', stage: 'queued' });
      return await conversation.queue.run(conversation.lane, turn, linked.token, wait);
    } finally {
      linked.dispose();
    }
  }

  /** Answers after the turns in `before`; what stood behind them is replaced as soon as something was said. */
  private async ask(
    conversation: Conversation,
    before: ChatTurn[],
    { text: question, plan, span, views, answersFrom }: Question,
    clock: StageClock,
    token: CancellationToken,
    context: AskContext,
  ): Promise<ChatAnswer> {
    const { turns, options, media } = conversation;
    const frames = { ...(plan === undefined ? {} : { plan }), ...(span === undefined ? {} : { span }), ...(views?.length ? { views } : {}) };
    const asked = answersFrom === undefined ? {} : { answersFrom };
    const sampling = { ...options.sampling, ...context.sampling };
    const { progress } = context;
    const keep = (turn: ChatTurn): void => {
      turns.splice(before.length, turns.length, { ...turn, ...frames, ...asked });
      // What came behind turns that are replaced was shown before this question.
      media.forEach((medium) => (medium.fromTurn = Math.min(medium.fromTurn, before.length)));
    };
    try {
      const request = { conversation, question, frames, ...asked, turns: before, sampling, token, clock, progress, translate: this.translate };
      const answer = await answerQuestion(this.engine, request);
      keep({ question, answer: answer.text, state: 'complete', stopReason: answer.stopReason });
      return { ...answer, turn: before.length };
    } catch (error) {
      const stopped = token.isCancellationRequested ? { stopReason: 'cancelled' as const } : {};
      if (error instanceof InterruptedAnswer) {
        keep({ question, answer: error.text, state: 'interrupted', ...stopped });
        throw error.cause;
      }
      if (token.isCancellationRequested && turns.length === before.length) {
        keep({ question, answer: '', state: 'interrupted', ...stopped });
      }
      throw error;
    }
  }
}
