import type { CancellationToken } from '../common/cancellation.js';
import type { Picture } from '../engine/engineParts.js';
import type { AnswerForm } from '../models/answerForm.js';
import type { SamplingOptions, StopReason } from '../protocol/index.js';
import type { TokenLogProb } from './openai/tokenLogProbs.js';

/** What is sent to whoever answers elsewhere: no template, no tokens. */
export interface BackendMessage {
  role: 'system' | 'user' | 'assistant';
  parts: (string | Picture)[];
}

export interface BackendRequest {
  messages: BackendMessage[];
  sampling: SamplingOptions & { maxTokens: number };
  /** The answer ends before the first of these; what comes behind is cut off here. */
  stop: readonly string[];
  /** The answer is asked for as JSON of this form; it is not checked here. */
  form?: AnswerForm;
  /** Asks for {@link BackendAnswer.tokens}; with `top` also for so many others at each place. */
  logProbs?: { top: number };
  /** The client that asks; undefined inside the server. */
  client?: string;
  token: CancellationToken;
  /** Text to append. @returns false where more is not wanted: the answer ends with the reason `length` */
  onText(delta: string): boolean;
}

export interface BackendAnswer {
  stopReason: StopReason;
  /** Left out where the other end does not count. */
  promptTokens?: number;
  /** Of those, what it had read before. */
  cachedTokens?: number;
  generatedTokens?: number;
  /** Where they were asked for, and the other end tells them. */
  tokens?: readonly TokenLogProb[];
}

/** Who answers elsewhere. */
export interface Backend {
  /** For people and the log: `openai 127.0.0.1:8080`. */
  readonly device: string;
  /** In tokens, where the other end tells. */
  readonly contextLength?: number;
  /** Whether pictures have been refused; it is not asked again then. */
  readonly refusesImages: boolean;
  /** Whether clips may be sent as they are: it says so, or is said to, and has refused none. */
  readonly takesVideo?: boolean;
  /**
   * Cancelled it resolves with the stop reason `cancelled`.
   *
   * @throws VideoChatError with a code of an endpoint or the editor, or ContextOverflow
   */
  complete(request: BackendRequest): Promise<BackendAnswer>;
  dispose(): Promise<void>;
}
