import type { Engine } from '../engine/engine.js';
import type { LanguageSessionRuntime, PromptPiece } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import { Limits, type SamplingOptions } from '../protocol/index.js';
import type { AnswerRequest } from './answerRequest.js';
import { buildPrompt, inPromptOrder } from './buildPrompt.js';
import { fitContext } from './fitContext.js';
import { promptMedia, type SeenMedium } from './seeMedia.js';
import { seePrefix } from './seePrefix.js';
import { inGenerationTurn, type Spoken, streamAnswer } from './streamAnswer.js';

/** Answers from the encoder's rows of what was seen. @throws ContextOverflow, InterruptedAnswer */
export async function answerFromEmbeddings(engine: Engine, request: AnswerRequest, model: LoadedModel, seen: readonly SeenMedium[]): Promise<Spoken> {
  const { stop } = model.manifest;
  const sampling = { ...model.manifest.sampling, ...request.sampling };
  const prefix = await seePrefix(request, model, seen);
  return inGenerationTurn(request, () => {
    const session = request.conversation.sessionIn(model, embeddingKeys(seen));
    return streamAnswer(request, session, preparePrompt(engine, request, model, session, seen, sampling, prefix), { stop, sampling });
  });
}

/** What the prompt begins with: the KV cache goes by it. */
export function embeddingKeys(seen: readonly SeenMedium[]): string[] {
  return inPromptOrder(seen.map(({ medium, found, heard }) => ({ ...medium, key: heard ? `${heard.key}+${found.key}` : found.key }))).map(({ key }) => key);
}

function preparePrompt(
  engine: Engine,
  { conversation, turns, question }: AnswerRequest,
  model: LoadedModel,
  session: LanguageSessionRuntime,
  seen: readonly SeenMedium[],
  sampling: SamplingOptions,
  prefix: PromptPiece | undefined,
): PromptPiece[] {
  const { manifest } = model;
  const media = prefix ? [] : promptMedia(engine, model, seen);
  const { pieces, droppedTurns } = fitContext({
    turns,
    droppedTurns: conversation.droppedTurns.embeddings,
    maxTokens: sampling.maxTokens ?? Limits.maxTokens,
    contextLength: model.language.contextLength,
    media: media.length,
    build: (dropped) => [...(prefix ? [prefix] : []), ...buildPrompt({ manifest, media, turns, question }, dropped)],
    count: (prompt) => session.countPrompt(prompt),
  });
  conversation.droppedTurns.embeddings = droppedTurns;
  return pieces;
}
