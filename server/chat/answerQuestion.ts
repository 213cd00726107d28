import { throwIfCancelled } from '../common/cancellation.js';
import type { Engine } from '../engine/engine.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import { halvesOf, textHalfOf } from '../models/textHalf.js';
import { type AnswerHalf, type ChatAnswer, ErrorCode, type FramePlan, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { answerFromEmbeddings } from './answerFromEmbeddings.js';
import { answerFromTimeline } from './answerFromTimeline.js';
import type { AnswerRequest } from './answerRequest.js';
import { captionLongClips } from './captionLongClips.js';
import { type ChosenHalf, chooseHalf } from './chooseHalf.js';
import { evidencePlans } from './evidencePlans.js';
import { findEvidence } from './findEvidence.js';
import { isBlind, lookThrough, type NoticedMedium } from './lookThrough.js';
import { type SeenMedium, seeMedia } from './seeMedia.js';
import type { Spoken } from './streamAnswer.js';

const loadOrder = ['verify', 'vision', 'language'];

/**
 * From a question to an answer: load the model, choose the half that answers, plan, embeddings or timelines (cached, or
 * made), prompt, generation. Changes nothing in the conversation but its plans, its timelines, its dropped turns and its
 * KV caches.
 *
 * @throws InterruptedAnswer if it ends after text was sent; else what the failing stage threw
 */
export async function answerQuestion(engine: Engine, request: AnswerRequest): Promise<Omit<ChatAnswer, 'turn'>> {
  const { conversation, clock, progress, token, translate } = request;
  throwIfCancelled(token);
  const lease = await clock.time('load', () => {
    if (conversation.slot.state !== 'ready') {
      progress({ kind: 'stage', stage: 'loading', done: 0, total: loadOrder.length });
    }
    return conversation.slot.acquire(token, ({ stage, fraction }) =>
      progress({ kind: 'stage', stage: 'loading', done: loadOrder.indexOf(stage) + fraction, total: loadOrder.length }),
    );
  });
  try {
    const { model } = lease;
    const { half, reason, spoken, plans, ...made } = await answerFrom(engine, request, model, await chooseHalf(engine, request, model));
    const [plan] = plans;
    if (!plan) {
      throw new Error('The conversation is about nothing.');
    }
    const { result } = spoken;
    return {
      chatId: conversation.id,
      text: spoken.text,
      stopReason: result.stopReason,
      tokens: {
        prompt: result.promptTokens,
        reused: result.reusedTokens,
        prefilled: result.prefilledTokens,
        generated: result.generatedTokens,
      },
      timings: clock.timings(),
      from: half,
      ...(reason ? { fromReason: translate(reason) } : {}),
      ...(made.evidence ? { evidence: made.evidence } : {}),
      plan,
      ...(plans.length > 1 ? { plans } : {}),
      embeddingsCached: made.known,
      model: {
        id: model.manifest.id,
        demonstration: model.manifest.demonstration,
        vision: model.vision && half !== 'timeline' ? `${model.vision.executionProvider} ${model.vision.variant}` : '',
        language: made.language,
      },
      droppedTurns: conversation.droppedTurns[half],
    };
  } finally {
    lease.release();
  }
}

interface MadeAnswer extends Pick<ChatAnswer, 'evidence'> {
  half: AnswerHalf;
  reason?: Phrase;
  spoken: Spoken;
  /** Of each medium. */
  plans: FramePlan[];
  /** Nothing had to be decoded or encoded. */
  known: boolean;
  /** What ran the language model. */
  language: string;
}

async function answerFrom(engine: Engine, request: AnswerRequest, model: LoadedModel, chosen: ChosenHalf): Promise<MadeAnswer> {
  const { half, reason, otherwise } = chosen;
  if (half === 'embeddings') {
    return fromEmbeddings(engine, request, model, reason, chosen.seen).catch(async (error: unknown) => {
      if (isClipRefused(error)) {
        // It is not sent clips any more.
        const { seen, ...others } = chosen;
        return answerFrom(engine, request, model, others);
      }
      const isRefused = error instanceof VideoChatError && error.code === ErrorCode.ImagesRefused;
      // Where nobody has asked for frames, and nothing has been said yet.
      if (!isRefused || reason === undefined || !halvesOf(model.manifest).includes('timeline')) {
        throw error;
      }
      return answerFrom(engine, request, model, await chooseHalf(engine, request, model));
    });
  }
  const looked = await lookThrough(engine, request).catch((error: unknown) => {
    if (otherwise && error instanceof VideoChatError && error.code === ErrorCode.PerceptionUnavailable) {
      return undefined;
    }
    throw error;
  });
  const blind = looked?.noticed.every(isBlind) ?? true;
  if (!looked || (blind && otherwise)) {
    return fromEmbeddings(engine, request, model, otherwise, chosen.seen);
  }
  const look = (): Promise<SeenMedium[]> | undefined => (half === 'both' ? seeMedia(engine, request, model) : undefined);
  const seen = await look();
  const { noticed, told } = await captionLongClips(engine, request, model, looked.noticed);
  return {
    ...(await fromTimeline(engine, request, model, { ...looked, noticed }, seen).catch(async (error: unknown) => {
      if (!isClipRefused(error)) {
        throw error;
      }
      return fromTimeline(engine, request, model, { ...looked, noticed }, await look());
    })),
    half,
    reason: told ? (reason ? phrase`${reason} ${told}` : told) : blind ? phrase`No perception models are installed: the timeline tells only of shots and movement.` : reason,
  };
}

/** A clip was refused, and nothing has been said yet. */
function isClipRefused(error: unknown): boolean {
  return error instanceof VideoChatError && error.code === ErrorCode.VideosRefused;
}

async function fromEmbeddings(
  engine: Engine,
  request: AnswerRequest,
  model: LoadedModel,
  reason: Phrase | undefined,
  known: SeenMedium[] | undefined,
): Promise<MadeAnswer> {
  const seen = known ?? (await seeMedia(engine, request, model));
  return {
    half: 'embeddings',
    reason,
    spoken: await answerFromEmbeddings(engine, request, model, seen),
    plans: seen.map(({ plan }) => plan),
    known: seen.every(({ found }) => found.cached),
    language: `${model.language.device} ${model.manifest.language.default}`,
  };
}

async function fromTimeline(
  engine: Engine,
  request: AnswerRequest,
  model: LoadedModel,
  { noticed, known }: { noticed: NoticedMedium[]; known: boolean },
  seen: SeenMedium[] | undefined,
): Promise<Omit<MadeAnswer, 'half' | 'reason'>> {
  const { told, reader, ...spoken } = await answerFromTimeline(engine, request, model, noticed, seen);
  const evidence = findEvidence(spoken.text, told);
  return {
    spoken,
    evidence: evidence.map(({ medium, event: { id, track, label, startSeconds, endSeconds } }) => ({
      ...{ id, track, label, startSeconds, endSeconds },
      ...(medium > 0 ? { medium } : {}),
    })),
    plans: seen ? seen.map(({ plan }) => plan) : await evidencePlans(engine, request, noticed, evidence),
    known: known && (seen?.every(({ found }) => found.cached) ?? true),
    language: `${reader.device} ${textHalfOf(model.manifest).language.default}`,
  };
}
