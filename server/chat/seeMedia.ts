import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { Engine } from '../engine/engine.js';
import type { FoundEmbeddings, StageProgress } from '../engine/embeddingSource.js';
import { type LoadedModel, seeingModel } from '../engine/loadedModel.js';
import { tileLayout } from '../engine/tileLayout.js';
import { type FoundPictures, framesCounted } from '../engine/pictureSource.js';
import { framesOf, hasEncoder } from '../models/manifest.js';
import { type FramePlan, phrase, type VideoFacts } from '../protocol/index.js';
import type { TileLayout } from '../video/planTiles.js';
import type { PromptPiece } from '../engine/engineParts.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { AnswerRequest } from './answerRequest.js';
import type { PromptMedium } from './buildPrompt.js';
import { type Medium, viewOf } from './medium.js';

/** A medium as the model sees it for one question. */
export interface SeenMedium {
  medium: Medium;
  plan: FramePlan;
  /** The encoder's rows, or pictures for a model that is sent pictures. */
  found: FoundEmbeddings | FoundPictures;
  /** Of its sound, where the model hears and there is any. */
  heard?: FoundEmbeddings;
}

/** Plans the frames of all media, one after the other, and has them decoded and encoded where they are not cached. */
export async function seeMedia(engine: Engine, request: AnswerRequest, model: LoadedModel): Promise<SeenMedium[]> {
  const seen: SeenMedium[] = [];
  for (const [index, medium] of request.conversation.media.entries()) {
    seen.push(await lookAt(engine, request, model, medium, index));
  }
  return seen;
}

async function lookAt(engine: Engine, request: AnswerRequest, model: LoadedModel, medium: Medium, index: number): Promise<SeenMedium> {
  const { conversation, clock, progress, token } = request;
  const planned = await planMedium(engine, request, model, medium, index);
  const grid = shownTiles(model, medium.video.opened.facts);
  const plan = grid ? { ...planned, reason: request.translate(phrase`The picture itself, in ${grid.rows} × ${grid.columns} tiles and whole`) } : planned;
  progress({ kind: 'plan', plan, ...(index > 0 ? { medium: index } : {}) });
  const { backend } = model.manifest;
  const { lane, slot } = conversation;
  const onStage = (stage: StageProgress): void => progress({ kind: 'stage', ...stage });
  const made = async (): Promise<Pick<SeenMedium, 'found' | 'heard'>> => {
    if (backend) {
      const clip = await cutFor(engine, model, medium.video, plan, lane, token, onStage);
      return { found: clip ?? (await engine.pictures.get({ video: medium.video, plan, side: backend.frameSide, lane }, token, onStage)) };
    }
    const about = { video: medium.video, plan, model: seeingModel(model), encoding: slot.encoding, lane };
    const found = await engine.embeddings.get(about, token, onStage);
    const heard = await engine.embeddings.getSound(about, token, onStage);
    return { found, ...(heard ? { heard } : {}) };
  };
  const { found, heard } = await made();
  for (const each of heard ? [found, heard] : [found]) {
    clock.add('queued', each.queuedMs);
    clock.add('decode', each.decodeMs);
    clock.add('encode', each.encodeMs);
  }
  return { medium, plan, found, ...(heard ? { heard } : {}) };
}

async function planMedium(
  engine: Engine,
  { conversation, frames, translate }: AnswerRequest,
  model: LoadedModel,
  { video, plans }: Medium,
  index: number,
): Promise<FramePlan> {
  const { opened } = video;
  const usual = framesOf(model.manifest);
  const view = viewOf(conversation.media, index, frames, conversation.options);
  const spec = opened.facts.kind === 'image' ? 'videochat:1' : (view.plan ?? usual.plan);
  const { span } = view;
  const key = JSON.stringify([spec, span?.startSeconds, span?.endSeconds]);
  const known = plans.get(key);
  if (known) {
    return known;
  }
  const planned = await engine.parts.video.plan(opened, spec, span, usual.most);
  const plan = { ...planned, reason: translate(planned.reason) };
  plans.set(key, plan);
  return plan;
}

/** What was seen, as it stands in a prompt. */
export function promptMedia(engine: Engine, model: LoadedModel, seen: readonly SeenMedium[]): PromptMedium[] {
  return seen.map(({ medium: { video, fromTurn }, plan, found, heard }): PromptMedium => {
    const { facts } = video.opened;
    const piece: PromptPiece = 'pictures' in found ? { kind: 'pictures', key: found.key, pictures: found.pictures } : { kind: 'embeddings', key: found.key, embeddings: found.embeddings };
    const timed = facts.kind === 'video' && model.manifest.prompt.timeMessage === 'videochat';
    const told = piece.kind === 'pictures' && facts.kind === 'video' ? ('pictures' in found && found.pictures.some(({ frames }) => frames !== undefined) ? describeClip : describePictures)(facts.durationSeconds, plan) : undefined;
    const timeMessage = timed ? engine.parts.video.timeMessage(plan, facts) : told;
    const frames = facts.kind === 'video' ? { frameSeconds: plan.seconds, durationSeconds: facts.durationSeconds } : {};
    const tiles = 'pictures' in found ? undefined : shownTiles(model, facts);
    const visual = { kind: facts.kind, timeMessage, ...frames, ...(tiles ? { tiles } : {}), ...(heard ? { sound: true } : {}) };
    return { visual, fromTurn, piece, ...(heard ? { heard } : {}) };
  });
}

/** The grid a picture is shown in, where there is one. */
function shownTiles(model: LoadedModel, facts: VideoFacts): TileLayout | undefined {
  const layout = hasEncoder(model.manifest) ? tileLayout(seeingModel(model), facts) : undefined;
  return layout && layout.rows > 0 ? layout : undefined;
}

/** Of what a model reads, what one clip may take. */
const clipShare = 0.8;

/** A clip as it is, for a model that takes clips; undefined where it is sent as frames: to others, and where it is too long or too large. */
async function cutFor(
  engine: Engine,
  { manifest: { backend }, language }: LoadedModel,
  video: LibraryVideo,
  { span }: FramePlan,
  lane: Lane,
  token: CancellationToken,
  onStage: (stage: StageProgress) => void,
): Promise<FoundPictures | undefined> {
  const rules = backend && backend.kind !== 'editor' ? backend.video : undefined;
  const seconds = span.endSeconds - span.startSeconds;
  if (!backend || !rules || !language.takesVideo || video.opened.facts.kind !== 'video' || seconds <= 0 || seconds > rules.seconds) {
    return undefined;
  }
  const limits = { bytes: rules.megabytes * 1e6, fps: rules.fps, side: backend.frameSide };
  if (framesCounted(span, limits, video) * backend.tokensPerFrame > language.contextLength * clipShare) {
    return undefined;
  }
  return engine.pictures.clip({ video, span, limits, lane }, token, onStage);
}

/** What a model that is sent a clip is told of it: the times in a part of it are not those of the whole. */
function describeClip(durationSeconds: number, { span: { startSeconds, endSeconds } }: FramePlan): string {
  const whole = `a video that lasts ${durationSeconds.toFixed(1)} s`;
  if (startSeconds <= 0 && endSeconds >= durationSeconds) {
    return `${whole.replace('a', 'A')}:`;
  }
  const start = startSeconds.toFixed(1);
  return `From ${start} s to ${endSeconds.toFixed(1)} s of ${whole}; its own times begin at 0, so add ${start} s to each:`;
}

/** What a model that is sent pictures is told of the clip they are from. */
function describePictures(durationSeconds: number, { indices, span }: FramePlan): string {
  const isPart = span.startSeconds > 0 || span.endSeconds < durationSeconds;
  const part = isPart ? `from ${span.startSeconds.toFixed(1)} s to ${span.endSeconds.toFixed(1)} s of ` : 'of ';
  return `${indices.length === 1 ? 'A frame' : `${indices.length} frames in order`} ${part}a video that lasts ${durationSeconds.toFixed(1)} s:`;
}
