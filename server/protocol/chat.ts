import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { FramePlan, Segment } from './video.js';

/** Left out: the manifest's defaults. `temperature: 0` is greedy. */
export interface SamplingOptions {
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  repetitionPenalty?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
  /** Same seed, same prompt, same model, same device: same answer. */
  seed?: number;
  maxTokens?: number;
}

export interface ChatOptions {
  /** Frame plan instead of the model's own, e.g. `videochat:16`. */
  plan?: string;
  /** Look only at this part of the clip. */
  span?: Segment;
  sampling?: SamplingOptions;
}

export interface ChatCreateParams {
  videoId: string;
  modelId: string;
  options?: ChatOptions;
}
/** Starts a conversation about one video. Cheap: nothing is decoded or loaded until the first question. */
export const ChatCreateRequest = clientRequest<ChatCreateParams, { chatId: string }>('chat/create');

export interface ChatSendParams extends Streaming {
  chatId: string;
  text: string;
  sampling?: SamplingOptions;
  /** Frame plan of this question instead of the conversation's. */
  plan?: string;
  /** Look only at this part of the clip for this question; left out: the conversation's span. */
  span?: Segment;
  /**
   * Ask after this many turns, as if those behind them had not been; they are replaced once the answer says
   * something. Left out: after all turns. More than there are: `InvalidParams`.
   */
  keepTurns?: number;
}

export type ChatStage = 'queued' | 'loading' | 'decoding' | 'encoding' | 'prefill' | 'generating';

/**
 * What `$/progress` carries while an answer is made. Stages come in the order of {@link ChatStage}; a cached one
 * is skipped, and `queued` comes wherever the request has to wait for another.
 */
export type ChatProgress =
  | { kind: 'stage'; stage: ChatStage; done?: number; total?: number }
  | { kind: 'plan'; plan: FramePlan }
  /** Text to append. The concatenation of all deltas is the answer's text. */
  | { kind: 'delta'; text: string };

export type StopReason = 'stop' | 'length' | 'cancelled';

export interface ChatAnswer {
  chatId: string;
  /** Index of the answered turn, from 0. */
  turn: number;
  text: string;
  stopReason: StopReason;
  tokens: {
    /** Tokens and embedding rows the prompt holds. */
    prompt: number;
    /** Of those, taken from the KV cache. */
    reused: number;
    /** Of those, run through the model for this answer. */
    prefilled: number;
    generated: number;
  };
  /** Milliseconds; 0 where the stage was skipped. */
  timings: {
    queued: number;
    load: number;
    decode: number;
    encode: number;
    prefill: number;
    generate: number;
    /** From the request's arrival to the first delta. */
    firstToken: number;
    total: number;
  };
  /** The frames this answer rests on. */
  plan: FramePlan;
  /** Embeddings came from the cache: nothing was decoded or encoded. */
  embeddingsCached: boolean;
  model: { id: string; demonstration: boolean; vision: string; language: string };
  /** Old turns left out of the prompt by the overflow policy. */
  droppedTurns: number;
}

/**
 * Asks a question. Cancelled at any stage with `$/cancelRequest`: the request then fails with
 * `RequestCancelled`, the conversation stays usable, and what was said so far is kept as an
 * interrupted turn that `chat/regenerate` can replace.
 */
export const ChatSendRequest = clientRequest<ChatSendParams, ChatAnswer, ChatProgress>('chat/send');

export interface ChatRegenerateParams extends Streaming {
  chatId: string;
  sampling?: SamplingOptions;
}
/** Answers the last question again, on the frames it was asked about; the KV cache is rolled back to the question. */
export const ChatRegenerateRequest = clientRequest<ChatRegenerateParams, ChatAnswer, ChatProgress>('chat/regenerate');

export interface ChatTurn {
  question: string;
  answer: string;
  /** `interrupted`: cancelled or crashed before its end. */
  state: 'complete' | 'interrupted';
  stopReason?: StopReason;
  /** Where the question had a frame plan or span of its own. */
  plan?: string;
  span?: Segment;
}
export interface ChatHistory {
  chatId: string;
  modelId: string;
  videoPath: string;
  options: ChatOptions;
  turns: ChatTurn[];
}
export const ChatHistoryRequest = clientRequest<{ chatId: string }, ChatHistory>('chat/history');

/**
 * Takes up a conversation again from its history, after a server restart or from a saved file. Opens the video;
 * keeps the conversation's id unless this client has one of that id open.
 */
export const ChatRestoreRequest = clientRequest<{ history: ChatHistory }, { chatId: string; videoId: string }>(
  'chat/restore',
);

/** Frees a conversation's memory. Its history is gone unless the client kept it. */
export const ChatCloseRequest = clientRequest<{ chatId: string }, null>('chat/close');
