import type { AnswerEvidence, AnswerHalf, AnswersFrom } from './answersFrom.js';
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
  /** Look only at this part of the clip; of several media: of the first video. */
  span?: Segment;
  /** Plan or span of single media, instead of those above. */
  views?: MediumView[];
  sampling?: SamplingOptions;
  /** Left out: `auto`. */
  answersFrom?: AnswersFrom;
}

/** How one of several media is looked at. */
export interface MediumView {
  /** Its place among the conversation's media, from 0. */
  medium: number;
  plan?: string;
  span?: Segment;
}

export interface ChatCreateParams {
  /** What the conversation is about: either this, */
  videoId?: string;
  /** or several, in the order the model is shown them; as many as {@link ModelInfo.media} allows. */
  videoIds?: string[];
  modelId: string;
  options?: ChatOptions;
}
/** Starts a conversation about clips or pictures. Cheap: nothing is decoded or loaded until the first question. */
export const ChatCreateRequest = clientRequest<ChatCreateParams, { chatId: string }>('chat/create');

/** What the first question of a conversation would be answered from. */
export interface ForeseenHalf {
  half: AnswerHalf;
  /** Why that, in a sentence for a person; left out where the options say so or there is no choice. */
  reason?: string;
}
/**
 * Says before any question is asked which half of a model would answer. Looks at the frames, and loads the model for it, only
 * where the model knows by them what it was trained on. Starts no conversation.
 */
export const ChatForeseeRequest = clientRequest<ChatCreateParams, ForeseenHalf>('chat/foresee');

export interface ChatSendParams extends Streaming {
  chatId: string;
  text: string;
  sampling?: SamplingOptions;
  /** Frame plan of this question instead of the conversation's. */
  plan?: string;
  /** Look only at this part of the clip for this question; left out: the conversation's span. Of the first video. */
  span?: Segment;
  /** Plan or span of single media for this question, instead of those above. */
  views?: MediumView[];
  /** What this answer is made from; left out: as the conversation says. */
  answersFrom?: AnswersFrom;
  /**
   * Ask after this many turns, as if those behind them had not been; they are replaced once the answer says
   * something. Left out: after all turns. More than there are: `InvalidParams`.
   */
  keepTurns?: number;
}

/** `looking`: perception models look through the clip, for an answer from its timeline; `done` of `total` frames or seconds. */
export type ChatStage = 'queued' | 'loading' | 'decoding' | 'encoding' | 'looking' | 'prefill' | 'generating';

/**
 * What `$/progress` carries while an answer is made. Stages come in the order of {@link ChatStage}; a cached one
 * is skipped, and `queued` comes wherever the request has to wait for another. `loading` may come once more before
 * `prefill`, for weights that read timelines. Several media are decoded and encoded one after the other.
 */
export type ChatProgress =
  | { kind: 'stage'; stage: ChatStage; done?: number; total?: number }
  /** Once for each medium, before its decoding; `medium` left out: the first. */
  | { kind: 'plan'; plan: FramePlan; medium?: number }
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
    /** Looking through the clip; left out where the answer does not rest on a timeline. */
    look?: number;
    prefill: number;
    generate: number;
    /** From the request's arrival to the first delta. */
    firstToken: number;
    total: number;
  };
  /** What the answer was made from. Left out by older servers: `embeddings`. */
  from?: AnswerHalf;
  /** Why that, in a sentence for a person; left out where the question said so or there was no choice. */
  fromReason?: string;
  /** Events the answer rests on, in order of time; empty where it names none. Left out for `embeddings`. */
  evidence?: AnswerEvidence[];
  /**
   * The frames this answer rests on; of several media: those of the first. For `timeline`: the frames that show its
   * evidence best; its `spec` is `timeline` where there are none.
   */
  plan: FramePlan;
  /** Those of all media, in their order. Left out where there is one. */
  plans?: FramePlan[];
  /** Embeddings, or the timeline, were known before: nothing was decoded or encoded. */
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
  /** What the new answer is made from; left out: as before. */
  answersFrom?: AnswersFrom;
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
  views?: MediumView[];
  /** Where the question said what its answer is made from. */
  answersFrom?: AnswersFrom;
}
/** A clip or picture of a saved conversation. */
export interface ChatMedium {
  path: string;
  /** The model is shown it after this many turns; left out: at the beginning. */
  fromTurn?: number;
}
export interface ChatHistory {
  chatId: string;
  modelId: string;
  /** The first of the media. */
  videoPath: string;
  /** All of them, where there are several or one came later. */
  media?: ChatMedium[];
  options: ChatOptions;
  turns: ChatTurn[];
}
export const ChatHistoryRequest = clientRequest<{ chatId: string }, ChatHistory>('chat/history');

/**
 * Takes up a conversation again from its history, after a server restart or from a saved file. Opens the video;
 * keeps the conversation's id unless this client has one of that id open.
 */
export const ChatRestoreRequest = clientRequest<
  { history: ChatHistory },
  { chatId: string; videoId: string; /** Of all media, in their order. */ videoIds?: string[] }
>('chat/restore');

export interface ChatMediaResult {
  /** How many media the conversation has now. */
  media: number;
}
/**
 * Adds clips or pictures behind what was said so far: the next question costs their rows and its own tokens.
 * Waits for an answer that is being made.
 */
export const ChatAddMediaRequest = clientRequest<{ chatId: string; videoIds: string[] }, ChatMediaResult>('chat/addMedia');

/** Takes a medium out of the conversation; the last one stays. What was said about it stays said. */
export const ChatRemoveMediumRequest = clientRequest<{ chatId: string; medium: number }, ChatMediaResult>('chat/removeMedium');

/** Frees a conversation's memory. Its history is gone unless the client kept it. */
export const ChatCloseRequest = clientRequest<{ chatId: string }, null>('chat/close');
