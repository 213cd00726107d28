import type { CancellationToken } from '../common/cancellation.js';
import type { Translate } from '../common/translator.js';
import type { AnswerForm } from '../models/answerForm.js';
import type { AnswersFrom, ChatProgress, ChatTurn, SamplingOptions } from '../protocol/index.js';
import type { Conversation, QuestionFrames } from './conversation.js';
import type { StageClock } from './stageClock.js';

/** What an answer may be. */
export interface AnswerConstraint {
  /** GBNF with a rule `root`: the answer is one of its sentences. */
  grammar: string;
  /** The grammar's sentences in JSON, for models that are held to a schema. */
  form: AnswerForm;
  /** Hears how likely the model found each token, as the logarithm of its probability. */
  onLogProbs?(values: readonly number[]): void;
}

export interface AnswerRequest {
  conversation: Conversation;
  question: string;
  frames: QuestionFrames;
  /** What the question says its answer is made from; left out: what the conversation says. */
  answersFrom?: AnswersFrom;
  /** Turns before the question. */
  turns: readonly ChatTurn[];
  /** What was asked for; what is left out is the half's that answers. */
  sampling: SamplingOptions;
  /** Holds the answer to a grammar. */
  constraint?: AnswerConstraint;
  /** The beginning of the answer, put into the model's mouth; the answer's text is what follows. */
  primer?: string;
  /** The answer is one of some letters; hears how likely each was, where the model tells. */
  choice?: { letters: readonly string[]; onLogProbs(values: readonly number[]): void };
  token: CancellationToken;
  clock: StageClock;
  /** Into the language of the person who asks. */
  translate: Translate;
  progress(value: ChatProgress): void;
}

/** An answer that was not finished carries what was said of it. */
export class InterruptedAnswer extends Error {
  override readonly name = 'InterruptedAnswer';
  constructor(
    override readonly cause: unknown,
    readonly text: string,
  ) {
    super('The answer was interrupted.');
  }
}
