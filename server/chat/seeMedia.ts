import type { Engine } from '../engine/engine.js';
import type { FoundEmbeddings } from '../engine/embeddingSource.js';
import type { SeeingModel } from '../engine/loadedModel.js';
import type { FramePlan } from '../protocol/index.js';
import type { AnswerRequest } from './answerRequest.js';
import type { PromptMedium } from './buildPrompt.js';
import { type Medium, viewOf } from './medium.js';

/** A medium as the model sees it for one question. */
export interface SeenMedium {
  medium: Medium;
  plan: FramePlan;
  found: FoundEmbeddings;
}

/** Plans the frames of all media, one after the other, and has them decoded and encoded where they are not cached. */
export async function seeMedia(engine: Engine, request: AnswerRequest, model: SeeingModel): Promise<SeenMedium[]> {
  const seen: SeenMedium[] = [];
  for (const [index, medium] of request.conversation.media.entries()) {
    seen.push(await lookAt(engine, request, model, medium, index));
  }
  return seen;
}

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

/** What was seen, as it stands in a prompt. */
export function promptMedia(engine: Engine, model: SeeingModel, seen: readonly SeenMedium[]): PromptMedium[] {
  return seen.map(({ medium: { video, fromTurn }, plan, found: { key, embeddings } }): PromptMedium => {
    const { facts } = video.opened;
    const timed = facts.kind === 'video' && model.manifest.prompt.timeMessage === 'videochat';
    const timeMessage = timed ? engine.parts.video.timeMessage(plan, facts) : undefined;
    const frames = facts.kind === 'video' ? { frameSeconds: plan.seconds, durationSeconds: facts.durationSeconds } : {};
    return { visual: { kind: facts.kind, timeMessage, ...frames }, fromTurn, key, embeddings };
  });
}
