import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { AnswerForm } from '../models/answerForm.js';
import { AnswerStream } from '../models/answerText.js';
import { textHalfOf } from '../models/textHalf.js';
import { ErrorCode, type SamplingOptions, type StopReason, VideoChatError } from '../protocol/index.js';
import type { Engine } from './engine.js';
import type { GenerateResult } from './engineParts.js';
import type { LoadedModel } from './loadedModel.js';
import type { ModelSlot } from './modelSlot.js';
import { promptPieces } from './promptPieces.js';

export interface CompleteRequest {
  slot: ModelSlot;
  lane: Lane;
  /** The textual context, put before the question as the manifest says; left out: the question alone. */
  context?: string;
  question: string;
  /** What was said before. */
  turns?: readonly { question: string; answer: string }[];
  sampling?: SamplingOptions;
  /** GBNF; the answer is one of its sentences. Left out: as the manifest says. */
  grammar?: string;
  /** The grammar's sentences in JSON; needed with a grammar. */
  form?: AnswerForm;
  /** Asks for {@link Completion.logProbs}. */
  withLogProbs?: boolean;
  token: CancellationToken;
  /** Text to append; the concatenation of all deltas is the answer. */
  onText?(delta: string): void;
}

export interface Completion {
  text: string;
  stopReason: StopReason;
  promptTokens: number;
  generatedTokens: number;
  /** How likely the model found each token, as the logarithm of its probability. */
  logProbs?: number[];
}

/**
 * One question to a model's language half from text alone, no video. Loads the model where needed; prompts that begin
 * alike one after the other cost what is new in them. Any model may be asked; those with the ability `timeline` were
 * made for it.
 *
 * @throws ContextOverflow if the prompt does not fit, RequestCancelled, and what loading a model throws
 */
export async function completeText(_engine: Engine, request: CompleteRequest): Promise<Completion> {
  const { slot, lane, token } = request;
  const lease = await slot.acquire(token);
  try {
    const { model } = lease;
    const reader = await model.reader(token);
    return await slot.generation.run(
      lane,
      async () => {
        const session = model.createSession(reader);
        try {
          return await complete(model, (generate) => session.generate(generate), request);
        } finally {
          await model.closeSession(session);
        }
      },
      token,
    );
  } finally {
    lease.release();
  }
}

/**
 * Tokens that a text takes in the language half that answers from text, for budgets; and its context length. Valid
 * until the model is unloaded.
 */
export async function textBudget(
  _engine: Engine,
  slot: ModelSlot,
  token: CancellationToken,
): Promise<{ contextLength: number; countTokens(text: string): number }> {
  const lease = await slot.acquire(token);
  try {
    const reader = await lease.model.reader(token);
    return { contextLength: reader.contextLength, countTokens: (text) => reader.countTokens(text) };
  } finally {
    lease.release();
  }
}

type Generate = Parameters<ReturnType<LoadedModel['createSession']>['generate']>[0];

async function complete(
  { manifest }: LoadedModel,
  generate: (request: Generate) => Promise<GenerateResult>,
  { lane, context, question, turns = [], sampling, grammar, form, withLogProbs = false, token, onText }: CompleteRequest,
): Promise<Completion> {
  const half = textHalfOf(manifest);
  const conversation = { visuals: [], turns: [...turns, { question }], ...(context === undefined ? {} : { context }) };
  const wanted = grammar ?? (context === undefined ? undefined : half.grammarOf(context));
  const answer = new AnswerStream(half.stop);
  let said = '';
  const say = (delta: string): void => {
    if (delta !== '') {
      said += delta;
      onText?.(delta);
    }
  };
  const result = await generate({
    pieces: promptPieces({ ...manifest, prompt: half.prompt }, conversation, () => []),
    sampling: { ...half.sampling, ...sampling },
    stop: { texts: half.stop.texts, ids: half.stop.ids },
    ...(wanted === undefined ? {} : { grammar: wanted }),
    ...(form ? { form } : {}),
    client: lane.client,
    withLogProbs,
    token,
    onText: (delta) => say(answer.push(delta)),
  });
  say(answer.end());
  if (result.stopReason === 'cancelled') {
    throw new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.');
  }
  const { stopReason, promptTokens, generatedTokens, logProbs } = result;
  return { text: said, stopReason, promptTokens, generatedTokens, ...(logProbs ? { logProbs } : {}) };
}
