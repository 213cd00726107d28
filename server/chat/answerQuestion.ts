import { throwIfCancelled, type CancellationToken } from '../common/cancellation.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { GenerateResult, LanguageSessionRuntime, PromptPiece } from '../engine/engineParts.js';
import type { FoundEmbeddings } from '../engine/embeddingSource.js';
import { type SeeingModel, seeingModel } from '../engine/loadedModel.js';
import { AnswerStream } from '../models/answerText.js';
import {
  type ChatAnswer,
  type ChatProgress,
  type ChatTurn,
  ErrorCode,
  type FramePlan,
  Limits,
  type SamplingOptions,
  VideoChatError,
} from '../protocol/index.js';
import { buildPrompt, inPromptOrder, type PromptMedium } from './buildPrompt.js';
import type { Conversation, QuestionFrames } from './conversation.js';
import { fitContext } from './fitContext.js';
import { type Medium, viewOf } from './medium.js';
import { type StageClock } from './stageClock.js';

/** What an answer may be. */
export interface AnswerConstraint {
  /** GBNF with a rule `root`: the answer is one of its sentences. */
  grammar: string;
  /** Hears how likely the model found each token, as the logarithm of its probability. */
  onLogProbs?(values: readonly number[]): void;
}

export interface AnswerRequest {
  conversation: Conversation;
  question: string;
  frames: QuestionFrames;
  /** Turns before the question. */
  turns: readonly ChatTurn[];
  sampling: SamplingOptions;
  /** Holds the answer to a grammar. */
  constraint?: AnswerConstraint;
  token: CancellationToken;
  clock: StageClock;
  /** Into the language of the person who asks. */
  translate: Translate;
  progress(value: ChatProgress): void;
}

const loadOrder = ['verify', 'vision', 'language'];

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

/**
 * From a question to an answer: load the model, plan, embeddings (cached, or decoded and encoded), prompt,
 * generation. Changes nothing in the conversation but its plans, its dropped turns and its KV caches.
 *
 * @throws InterruptedAnswer if it ends after text was sent; else what the failing stage threw
 */
export async function answerQuestion(engine: Engine, request: AnswerRequest): Promise<Omit<ChatAnswer, 'turn'>> {
  const { conversation, clock, progress, token } = request;
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
    const model = seeingModel(lease.model);
    const seen: SeenMedium[] = [];
    for (const [index, medium] of conversation.media.entries()) {
      seen.push(await lookAt(engine, request, model, medium, index));
    }
    const [first] = seen;
    if (!first) {
      throw new Error('The conversation is about nothing.');
    }
    const spoken = await speak(engine, request, model, seen);
    return {
      chatId: conversation.id,
      text: spoken.text,
      stopReason: spoken.result.stopReason,
      tokens: {
        prompt: spoken.result.promptTokens,
        reused: spoken.result.reusedTokens,
        prefilled: spoken.result.prefilledTokens,
        generated: spoken.result.generatedTokens,
      },
      timings: clock.timings(),
      plan: first.plan,
      ...(seen.length > 1 ? { plans: seen.map(({ plan }) => plan) } : {}),
      embeddingsCached: seen.every(({ found }) => found.cached),
      model: {
        id: model.manifest.id,
        demonstration: model.manifest.demonstration,
        vision: `${model.vision.executionProvider} ${model.vision.variant}`,
        language: `${model.language.device} ${model.manifest.language.default}`,
      },
      droppedTurns: conversation.droppedTurns,
    };
  } finally {
    lease.release();
  }
}

/** A medium as the model sees it for one question. */
interface SeenMedium {
  medium: Medium;
  plan: FramePlan;
  found: FoundEmbeddings;
}

/** Plans the frames of one medium, and has them decoded and encoded where they are not cached. */
async function lookAt(engine: Engine, request: AnswerRequest, model: SeeingModel, medium: Medium, index: number): Promise<SeenMedium> {
  const { conversation, clock, progress, token } = request;
  const plan = await planMedium(engine, request, model, medium, index);
  progress({ kind: 'plan', plan, ...(index > 0 ? { medium: index } : {}) });
  const found = await engine.embeddings.get(
    { video: medium.video, plan, model, encoding: conversation.slot.encoding, lane: conversation.lane },
    token,
    (stage) => progress({ kind: 'stage', ...stage }),
  );
  clock.add('queued', found.queuedMs);
  clock.add('decode', found.decodeMs);
  clock.add('encode', found.encodeMs);
  return { medium, plan, found };
}

async function planMedium(
  engine: Engine,
  { conversation, frames, translate }: AnswerRequest,
  model: SeeingModel,
  { video, plans }: Medium,
  index: number,
): Promise<FramePlan> {
  const { opened } = video;
  const view = viewOf(conversation.media, index, frames, conversation.options);
  const spec = opened.facts.kind === 'image' ? 'videochat:1' : (view.plan ?? model.manifest.framePlan);
  const { span } = view;
  const key = JSON.stringify([spec, span?.startSeconds, span?.endSeconds]);
  const known = plans.get(key);
  if (known) {
    return known;
  }
  const planned = await engine.parts.video.plan(opened, spec, span, model.manifest.preprocess.maxFrames);
  const plan = { ...planned, reason: translate(planned.reason) };
  plans.set(key, plan);
  return plan;
}

/** Waits for the language model, builds the prompt and streams the answer. */
async function speak(
  engine: Engine,
  request: AnswerRequest,
  model: SeeingModel,
  seen: readonly SeenMedium[],
): Promise<{ text: string; result: GenerateResult }> {
  const { conversation, clock, progress, token } = request;
  const { slot, lane } = conversation;
  const asked = performance.now();
  const wait = (): void => progress({ kind: 'stage', stage: 'queued' });
  const turn = (): Promise<{ text: string; result: GenerateResult }> => {
    clock.add('queued', performance.now() - asked);
    const keys = inPromptOrder(seen.map(({ medium, found }) => ({ ...medium, key: found.key }))).map(({ key }) => key);
    const session = conversation.sessionIn(model, keys);
    return generate(request, model, session, preparePrompt(engine, request, model, session, seen));
  };
  return slot.generation.run(lane, turn, token, wait);
}

function preparePrompt(
  engine: Engine,
  request: AnswerRequest,
  model: SeeingModel,
  session: LanguageSessionRuntime,
  seen: readonly SeenMedium[],
): PromptPiece[] {
  const { conversation, turns, question } = request;
  const { manifest } = model;
  const media = seen.map(({ medium: { video, fromTurn }, plan, found: { key, embeddings } }): PromptMedium => {
    const { facts } = video.opened;
    const timed = facts.kind === 'video' && manifest.prompt.timeMessage === 'videochat';
    const timeMessage = timed ? engine.parts.video.timeMessage(plan, facts) : undefined;
    return { visual: { kind: facts.kind, timeMessage }, fromTurn, key, embeddings };
  });
  const { pieces, droppedTurns } = fitContext({
    turns,
    droppedTurns: conversation.droppedTurns,
    maxTokens: request.sampling.maxTokens ?? Limits.maxTokens,
    contextLength: model.language.contextLength,
    media: media.length,
    build: (dropped) => buildPrompt({ manifest, media, turns, question }, dropped),
    count: (prompt) => session.countPrompt(prompt),
  });
  conversation.droppedTurns = droppedTurns;
  return pieces;
}

async function generate(
  request: AnswerRequest,
  model: SeeingModel,
  session: LanguageSessionRuntime,
  pieces: PromptPiece[],
): Promise<{ text: string; result: GenerateResult }> {
  const { conversation, clock, progress, token, sampling, constraint } = request;
  const { stop } = model.manifest;
  const answer = new AnswerStream(stop);
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
      pieces,
      sampling,
      stop: { texts: stop.texts, ids: stop.ids },
      ...(constraint ? { grammar: constraint.grammar, withLogProbs: constraint.onLogProbs !== undefined } : {}),
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
