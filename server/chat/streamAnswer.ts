import type { GenerateResult, LanguageSessionRuntime, PromptPiece } from '../engine/engineParts.js';
import { AnswerStream } from '../models/answerText.js';
import type { StopRules } from '../models/manifest.js';
import { ErrorCode, type SamplingOptions, VideoChatError } from '../protocol/index.js';
import { type AnswerRequest, InterruptedAnswer } from './answerRequest.js';

export interface Spoken {
  text: string;
  result: GenerateResult;
}

/**
 * Generates an answer and tells it as it comes.
 *
 * `grammar` is for requests that have none of their own.
 * @throws InterruptedAnswer if it ends after text was sent; else what the runtime threw
 */
export async function streamAnswer(
  request: AnswerRequest,
  session: LanguageSessionRuntime,
  pieces: PromptPiece[],
  { stop, sampling, grammar }: { stop: StopRules; sampling: SamplingOptions; grammar?: string | undefined },
): Promise<Spoken> {
  const { conversation, clock, progress, token, constraint, choice, primer } = request;
  const wanted = constraint?.grammar ?? grammar;
  // A model that is sent messages repeats the beginning that a prompt would have put into its mouth.
  const repeated = primer !== undefined && conversation.slot.manifest.backend ? [primer] : [];
  const answer = new AnswerStream({ texts: stop.texts, trimAfter: [...stop.trimAfter, ...repeated] });
  let text = '';
  let generating = false;
  const say = (delta: string): void => {
    if (delta !== '') {
      clock.firstDelta();
      text += delta;
      progress({ kind: 'delta', text: delta });
    }
  };
  try {
    progress({ kind: 'stage', stage: 'prefill' });
    const result = await session.generate({
      pieces: primer === undefined ? pieces : [...pieces, { kind: 'text', text: primer }],
      sampling,
      stop: { texts: stop.texts, ids: stop.ids },
      ...(wanted === undefined ? {} : { grammar: wanted, withLogProbs: constraint?.onLogProbs !== undefined }),
      ...(constraint ? { form: constraint.form } : {}),
      ...(choice ? { letters: choice.letters } : {}),
      client: conversation.lane.client,
      token,
      onPrefill: (done, total) => progress({ kind: 'stage', stage: 'prefill', done, total }),
      onText: (delta) => {
        if (!generating) {
          generating = true;
          progress({ kind: 'stage', stage: 'generating' });
        }
        say(answer.push(delta));
      },
    });
    say(answer.end());
    if (result.stopReason === 'cancelled') {
      throw new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.');
    }
    constraint?.onLogProbs?.(result.logProbs ?? []);
    if (result.letterLogProbs) {
      choice?.onLogProbs(result.letterLogProbs);
    }
    clock.add('prefill', result.prefillMs);
    clock.add('generate', result.generateMs);
    await conversation.trimSessions();
    return { text, result };
  } catch (error) {
    say(answer.end());
    const deliberate = error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled;
    if (!deliberate) {
      await conversation.dropNewestSession();
    }
    throw text === '' ? error : new InterruptedAnswer(error, text);
  }
}

/** Waits for the language model's turn, and says so meanwhile. */
export function inGenerationTurn<T>({ conversation, clock, progress, token }: AnswerRequest, speak: () => Promise<T>): Promise<T> {
  const asked = performance.now();
  const turn = (): Promise<T> => {
    clock.add('queued', performance.now() - asked);
    return speak();
  };
  return conversation.slot.generation.run(conversation.lane, turn, token, () => progress({ kind: 'stage', stage: 'queued' }));
}
