import { randomUUID } from 'node:crypto';
import type { CancellationToken } from '../common/cancellation.js';
import { linkTokens } from '../common/linkTokens.js';
import type { Engine } from '../engine/engine.js';
import type { LibraryVideo, VideoLibrary } from '../engine/videoLibrary.js';
import {
  type ChatAnswer,
  type ChatCreateParams,
  type ChatHistory,
  type ChatOptions,
  type ChatProgress,
  type ChatTurn,
  ErrorCode,
  Limits,
  type SamplingOptions,
  type Segment,
  VideoChatError,
} from '../protocol/index.js';
import { answerQuestion, InterruptedAnswer } from './answerQuestion.js';
import { Conversation } from './conversation.js';
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
  ) {}

  get size(): number {
    return this.chats.size;
  }

  async create({ videoId, modelId, options = {} }: ChatCreateParams): Promise<{ chatId: string }> {
    const conversation = await this.start(`chat-${randomUUID()}`, this.videos.get(videoId), modelId, options);
    return { chatId: conversation.id };
  }

  /** Takes up a saved conversation; keeps its id unless that is taken. */
  async restore(history: ChatHistory, token: CancellationToken): Promise<{ chatId: string; videoId: string }> {
    const { videoId } = await this.videos.open(history.videoPath, token);
    const id = this.chats.has(history.chatId) ? `chat-${randomUUID()}` : history.chatId;
    const conversation = await this.start(id, this.videos.get(videoId), history.modelId, history.options);
    conversation.turns.push(...history.turns);
    return { chatId: conversation.id, videoId };
  }

  history(chatId: string): ChatHistory {
    return this.get(chatId).history();
  }

  /** Asks a question at the end of a conversation, or after some of its turns. @throws VideoChatError InvalidParams */
  async send(chatId: string, question: Question, context: AskContext): Promise<ChatAnswer> {
    const conversation = this.get(chatId);
    return this.inTurn(conversation, context, (clock, token) => {
      const { turns } = conversation;
      const { keepTurns = turns.length } = question;
      if (keepTurns > turns.length) {
        throw new VideoChatError(ErrorCode.InvalidParams, `The conversation has ${turns.length} turns, not ${keepTurns}.`, {
          hint: 'Take it up from its history with chat/restore.',
          subject: chatId,
        });
      }
      return this.ask(conversation, turns.slice(0, keepTurns), question, clock, token, context);
    });
  }

  /** Answers the last question again. @throws VideoChatError NothingToRegenerate */
  async regenerate(chatId: string, context: AskContext): Promise<ChatAnswer> {
    const conversation = this.get(chatId);
    return this.inTurn(conversation, context, (clock, token) => {
      const last = conversation.turns.at(-1);
      if (!last) {
        throw new VideoChatError(ErrorCode.NothingToRegenerate, 'There is no answer to make again.', {
          hint: 'Ask a question first.',
          subject: chatId,
        });
      }
      return this.ask(conversation, conversation.turns.slice(0, -1), { ...last, text: last.question }, clock, token, context);
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

  private async start(id: string, video: LibraryVideo, modelId: string, options: ChatOptions): Promise<Conversation> {
    const slot = await this.engine.models.get(modelId);
    if (video.opened.facts.kind === 'image' && !slot.manifest.abilities.includes('image')) {
      throw new VideoChatError(ErrorCode.InvalidParams, `The model "${modelId}" cannot look at images.`, {
        hint: 'Choose a video, or a model with the ability "image".',
        subject: modelId,
      });
    }
    if (this.chats.size >= Limits.openChats) {
      throw new VideoChatError(ErrorCode.InvalidRequest, `${Limits.openChats} conversations are open.`, {
        hint: 'Close some with chat/close.',
      });
    }
    const conversation = new Conversation(id, video, slot, modelId, options, this.clientId);
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
    { text: question, plan, span }: Question,
    clock: StageClock,
    token: CancellationToken,
    context: AskContext,
  ): Promise<ChatAnswer> {
    const { turns, options, slot } = conversation;
    const frames = { ...(plan === undefined ? {} : { plan }), ...(span === undefined ? {} : { span }) };
    const sampling = { ...slot.manifest.sampling, ...options.sampling, ...context.sampling };
    const { progress } = context;
    const keep = (turn: ChatTurn): void => void turns.splice(before.length, turns.length, { ...turn, ...frames });
    try {
      const request = { conversation, question, frames, turns: before, sampling, token, clock, progress };
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
