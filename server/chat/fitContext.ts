import type { PromptPiece } from '../engine/engineParts.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

export interface ContextRequest {
  /** Turns that could be in the prompt, the new question not counted. */
  turns: readonly { question: string; answer: string }[];
  /** Turns that earlier answers left out already. */
  droppedTurns: number;
  /** Longest answer wanted, in tokens. */
  maxTokens: number;
  contextLength: number;
  /** Clips and pictures in the prompt; default 1. */
  media?: number;
  build(droppedTurns: number): PromptPiece[];
  /** Tokens and embedding rows of a prompt. */
  count(pieces: PromptPiece[]): number;
}

/** No token stands for more characters than this: a bound that needs no tokeniser. */
const charactersPerToken = 64;
/** Part of the context that is kept free for an answer, however long one was asked for. */
const longestReserve = 0.25;
/** How full the prompt may be after turns were dropped. */
const fillAfterDrop = 0.75;

/** Tokens that are kept free for an answer. */
export function answerReserve(contextLength: number, maxTokens: number): number {
  return Math.min(maxTokens, Math.floor(contextLength * longestReserve));
}

/**
 * The overflow policy. A prompt fits when it leaves room for the answer: `maxTokens`, but no more than a
 * quarter of the context. If it does not, the oldest turns are left out, never what the model is shown and never the
 * question, until it fills three quarters of the context at most: each drop costs a prefill of what
 * remains, so it makes room for several turns at once. If it fits only without that margin, it stands.
 *
 * @throws VideoChatError ContextOverflow if video and question alone do not fit
 */
export function fitContext(request: ContextRequest): { pieces: PromptPiece[]; droppedTurns: number } {
  const { turns, contextLength, maxTokens, media = 1 } = request;
  const room = contextLength - answerReserve(contextLength, maxTokens);
  const tokensWithout = (dropped: number): number => request.count(request.build(dropped));

  const start = Math.max(Math.min(request.droppedTurns, turns.length), dropByLength(turns, contextLength));
  if (start === request.droppedTurns || turns.length === 0) {
    const pieces = request.build(start);
    if (request.count(pieces) <= room) {
      return { pieces, droppedTurns: start };
    }
  }

  // The fewest dropped turns with which the prompt fits; counts fall as turns are dropped.
  const fewest = (limit: number): number => {
    let low = start;
    let high = turns.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (tokensWithout(middle) <= limit) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
  const droppedTurns = fewest(Math.min(room, Math.floor(contextLength * fillAfterDrop)));
  const pieces = request.build(droppedTurns);
  const tokens = request.count(pieces);
  if (tokens > room) {
    throw new VideoChatError(
      ErrorCode.ContextOverflow,
      media > 1
        ? phrase`${media} clips or pictures and the question take ${tokens} of the model's ${contextLength} tokens and leave no room for an answer.`
        : phrase`Video and question take ${tokens} of the model's ${contextLength} tokens and leave no room for an answer.`,
      {
        hint:
          media > 1
            ? 'Take a clip out, ask a shorter question, or choose a model with a longer context.'
            : 'Ask a shorter question, or choose a model with a longer context.',
      },
    );
  }
  return { pieces, droppedTurns };
}

/** Turns so far back that what follows them cannot fit, whatever the tokens. */
function dropByLength(turns: ContextRequest['turns'], contextLength: number): number {
  let characters = 0;
  for (let index = turns.length - 1; index >= 0; index--) {
    const { question, answer } = turns[index] ?? { question: '', answer: '' };
    characters += question.length + answer.length;
    if (characters > contextLength * charactersPerToken) {
      return index + 1;
    }
  }
  return 0;
}
