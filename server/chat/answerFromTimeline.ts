import type { Engine } from '../engine/engine.js';
import type { LanguageRuntime, LanguageSessionRuntime, PromptPiece } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import { type TextHalf, textHalfOf } from '../models/textHalf.js';
import { Limits, type ModelLoadProgress, type SamplingOptions } from '../protocol/index.js';
import { embeddingKeys } from './answerFromEmbeddings.js';
import type { AnswerRequest } from './answerRequest.js';
import { buildPrompt, type PromptMedium } from './buildPrompt.js';
import { answerReserve, fitContext } from './fitContext.js';
import { gatherContext, type GatheredContext } from './gatherContext.js';
import type { NoticedMedium } from './lookThrough.js';
import { promptMedia, type SeenMedium } from './seeMedia.js';
import { inGenerationTurn, type Spoken, streamAnswer } from './streamAnswer.js';

/** What an answer from the timeline rests on, and what says it. */
export interface SpokenFromTimeline extends Spoken {
  reader: LanguageRuntime;
  /** Events that the model was told of. */
  told: GatheredContext['events'];
}

/** Part of the context that a clip's whole timeline may take: what is left is for the question, the turns and the answer. */
const wholeShare = 0.6;
/** Part of the room that stays for the context when an earlier turn is kept beside it. */
const leastShare = 0.5;

/**
 * Answers from what was noticed in the media, and from what the model sees itself where `seen` is given.
 *
 * @throws ContextOverflow, InterruptedAnswer, and what loading the weights that read timelines throws
 */
export async function answerFromTimeline(
  engine: Engine,
  request: AnswerRequest,
  model: LoadedModel,
  noticed: readonly NoticedMedium[],
  seen: readonly SeenMedium[] | undefined,
): Promise<SpokenFromTimeline> {
  const { conversation, clock, progress, token } = request;
  const half = textHalfOf(model.manifest);
  const loading = ({ fraction }: ModelLoadProgress): void => progress({ kind: 'stage', stage: 'loading', done: fraction, total: 1 });
  const reader = await clock.time('load', () => model.reader(token, loading));
  const sampling = { ...half.sampling, ...request.sampling };
  const media = seen ? promptMedia(engine, model, seen) : [];
  const keys = [...(seen ? embeddingKeys(seen) : []), ...noticed.map(({ contentHash, span }) => `timeline ${JSON.stringify([contentHash, span])}`)];
  return inGenerationTurn(request, async () => {
    const session = conversation.sessionIn(model, keys, reader);
    const { pieces, told, context } = preparePrompt({ request, model, half, reader, session, noticed, media, sampling });
    const spoken = await streamAnswer(request, session, pieces, { stop: half.stop, sampling, grammar: media.length > 0 ? undefined : half.grammarOf(context) });
    return { ...spoken, reader, told };
  });
}

interface PromptParts {
  request: AnswerRequest;
  model: LoadedModel;
  half: TextHalf;
  reader: LanguageRuntime;
  session: LanguageSessionRuntime;
  noticed: readonly NoticedMedium[];
  media: readonly PromptMedium[];
  sampling: SamplingOptions;
}

function preparePrompt(parts: PromptParts): { pieces: PromptPiece[]; told: GatheredContext['events']; context: string } {
  const { request, model, half, reader, session, media, sampling } = parts;
  const { conversation, turns, question } = request;
  const { contextLength } = reader;
  const maxTokens = sampling.maxTokens ?? Limits.maxTokens;
  // Both: the frames as the model was taught, the context as the half that reads it.
  const prompt = media.length > 0 ? { ...model.manifest.prompt, contextMessage: half.prompt.contextMessage } : half.prompt;
  const build = (context: string, dropped: number): PromptPiece[] =>
    buildPrompt({ manifest: { ...model.manifest, prompt }, media, context, turns, question }, dropped);
  const room = contextLength - answerReserve(contextLength, maxTokens);
  const context = chooseContext(parts, room, session.countPrompt(build('', turns.length)));
  const which = media.length > 0 ? 'both' : 'timeline';
  const { pieces, droppedTurns } = fitContext({
    turns,
    droppedTurns: conversation.droppedTurns[which],
    maxTokens,
    contextLength,
    build: (dropped) => build(context.text, dropped),
    count: (prepared) => session.countPrompt(prepared),
  });
  conversation.droppedTurns[which] = droppedTurns;
  return { pieces, told: context.events, context: context.text };
}

/**
 * The whole timeline where it fits beside any usual question: then it is the same for each, and is read once. Else what the
 * question is about.
 *
 * @param taken tokens of the prompt without context and turns
 */
function chooseContext({ request, reader, noticed }: PromptParts, room: number, taken: number): GatheredContext {
  const countTokens = (text: string): number => reader.countTokens(text);
  const whole = gatherContext({ noticed, maxTokens: Math.floor(reader.contextLength * wholeShare), countTokens });
  if (whole.left === 0 && taken + countTokens(whole.text) <= room) {
    return whole;
  }
  const last = request.turns.at(-1);
  const lastTurn = last ? countTokens(`${last.question}\n${last.answer}\n`) : 0;
  const free = Math.max(0, room - taken);
  const maxTokens = free - lastTurn >= room * leastShare ? free - lastTurn : free;
  return gatherContext({ noticed, question: request.question, maxTokens, countTokens });
}
