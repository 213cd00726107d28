import { isAbsolute } from 'node:path';
import { z } from 'zod';
import {
  type AnnotateBatchParams,
  type AnnotateSuggestParams,
  answersFromChoices,
  type ChatCreateParams,
  type ChatHistory,
  type ChatOptions,
  type ChatRegenerateParams,
  type ChatSendParams,
  type InitializeParams,
  Limits,
  type MediaOpenParams,
  type MediumView,
  type ModelLoadParams,
  type SamplingOptions,
  type Segment,
  type ServerSettings,
  speechFallbacks,
  suggestTasks,
  timelineTracks,
  type VideoFramesParams,
  type VideoOpenParams,
  type VideoPlanParams,
} from '../protocol/index.js';

export const identifier = z.string().min(1).max(200);
const id = identifier;
export const framePlan = z.string().min(1).max(1100);
const plan = framePlan;
export const progressToken = z.union([z.string().max(200), z.number()]).optional();
export const absolutePath = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a path holds no NUL')
  .refine((text) => isAbsolute(text), 'the path must be absolute');
const path = absolutePath;
const text = z.string().max(Limits.questionCharacters);
const question = text.refine((value) => value.trim() !== '', 'the question is empty');

export const segment = z
  .object({ startSeconds: z.number().min(0), endSeconds: z.number().min(0) })
  .refine((span) => span.endSeconds > span.startSeconds, 'the span ends before it starts') satisfies z.ZodType<Segment>;

export const sampling = z.object({
  temperature: z.number().min(0).max(100).optional(),
  topK: z.int().min(0).max(1_000_000).optional(),
  topP: z.number().min(0).max(1).optional(),
  minP: z.number().min(0).max(1).optional(),
  repetitionPenalty: z.number().gt(0).max(100).optional(),
  frequencyPenalty: z.number().min(-100).max(100).optional(),
  presencePenalty: z.number().min(-100).max(100).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  maxTokens: z.int().min(1).max(Limits.maxTokens).optional(),
}) satisfies z.ZodType<SamplingOptions>;

const place = z.int().min(0).max(Limits.chatMedia - 1);
const views = z
  .array(z.object({ medium: place, plan: plan.optional(), span: segment.optional() }))
  .max(Limits.chatMedia)
  .refine((list) => new Set(list.map(({ medium }) => medium)).size === list.length, 'a medium has one view') satisfies z.ZodType<MediumView[]>;
const videoIds = z.array(id).min(1).max(Limits.chatMedia);

const answersFrom = z.enum(answersFromChoices).optional();

const chatOptions = z.object({
  plan: plan.optional(),
  span: segment.optional(),
  views: views.optional(),
  sampling: sampling.optional(),
  answersFrom,
}) satisfies z.ZodType<ChatOptions>;

/** As speech models name languages: `en`, `yue`. */
export const languageCode = z.string().regex(/^[a-z]{2,3}$/);

const settings = z.object({
  ffmpegPath: z.string().max(4096).optional(),
  modelFolders: z.array(path).max(100).optional(),
  cacheFolder: path.optional(),
  cacheBytes: z.int().min(0).optional(),
  threads: z.int().min(0).max(1024).optional(),
  executionProvider: z.enum(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml']).optional(),
  languageDevice: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal']).optional(),
  gpuLayers: z.int().min(-1).max(10_000).optional(),
  gpuPacks: z.boolean().optional(),
  longClipSeconds: z.int().min(0).max(1_000_000).optional(),
  speechFallback: z.enum(speechFallbacks).optional(),
  speechLanguage: languageCode.optional(),
}) satisfies z.ZodType<ServerSettings>;

const names = z.array(z.string().min(1).max(50)).max(100);

const videoPlan = z.object({ videoId: id, plan, span: segment.optional() });

/** Everything that arrives is checked against these. Unknown members are ignored, as minor versions may add some. */
export const schemas = {
  nothing: z.object({}) satisfies z.ZodType<Record<string, never>>,
  initialize: z.object({
    protocolVersion: z.string().max(40),
    client: z.object({ name: z.string().max(200), version: z.string().max(200).optional() }),
    processId: z.int().min(1).optional(),
    locale: z.string().max(100).optional(),
    capabilities: z.object({ editorModels: z.boolean().optional() }).optional(),
    settings: settings.optional(),
  }) satisfies z.ZodType<InitializeParams>,
  model: z.object({ modelId: id }),
  modelLoad: z.object({ modelId: id, progressToken }) satisfies z.ZodType<ModelLoadParams>,
  videoOpen: z.object({ path }) satisfies z.ZodType<VideoOpenParams>,
  videoPlan: videoPlan satisfies z.ZodType<VideoPlanParams>,
  videoFrames: videoPlan.extend({
    outFolder: path.optional(),
    format: z.enum(['png', 'jpeg']).optional(),
    maxSide: z.int().min(1).max(65_536).optional(),
  }) satisfies z.ZodType<VideoFramesParams>,
  video: z.object({ videoId: id }),
  mediaOpen: z.object({
    videoId: id,
    abilities: z.object({ videoCodecs: names, audioCodecs: names, containers: names }).optional(),
    atLeast: z.enum(['remux', 'transcode']).optional(),
    maxHeight: z.int().min(16).max(4320).optional(),
    progressToken,
  }) satisfies z.ZodType<MediaOpenParams>,
  media: z.object({ mediaId: id }),
  annotateSuggest: z.object({
    videoPath: path,
    document: z.string().optional(),
    task: z.enum(suggestTasks),
    modelId: id.optional(),
    span: segment.optional(),
    segmentIds: z.array(z.string().min(1).max(200)).max(100_000).optional(),
    labels: z.array(z.string().max(1000)).max(1000).optional(),
    track: z.string().min(1).max(1000).optional(),
    timelineTracks: z.array(z.enum(timelineTracks)).min(1).max(timelineTracks.length).optional(),
    sampling: sampling.optional(),
    progressToken,
  }) satisfies z.ZodType<AnnotateSuggestParams>,
  annotateBatch: z.object({
    path,
    task: z.enum(suggestTasks),
    modelId: id.optional(),
    split: z.string().min(1).max(1000).optional(),
    resume: z.boolean().optional(),
    sampling: sampling.optional(),
    concurrency: z.int().min(1).max(Limits.backendConcurrency).optional(),
    progressToken,
  }) satisfies z.ZodType<AnnotateBatchParams>,
  chatCreate: z
    .object({ videoId: id.optional(), videoIds: videoIds.optional(), modelId: id, options: chatOptions.optional() })
    .refine((params) => (params.videoId === undefined) !== (params.videoIds === undefined), {
      error: 'one of videoId and videoIds is needed',
      path: ['videoId'],
    }) satisfies z.ZodType<ChatCreateParams>,
  chatAddMedia: z.object({ chatId: id, videoIds }),
  chatRemoveMedium: z.object({ chatId: id, medium: place }),
  chatSend: z.object({
    chatId: id,
    text: question,
    sampling: sampling.optional(),
    plan: plan.optional(),
    span: segment.optional(),
    views: views.optional(),
    answersFrom,
    keepTurns: z.int().min(0).max(10_000).optional(),
    progressToken,
  }) satisfies z.ZodType<ChatSendParams>,
  chatRegenerate: z.object({
    chatId: id,
    sampling: sampling.optional(),
    answersFrom,
    progressToken,
  }) satisfies z.ZodType<ChatRegenerateParams>,
  chat: z.object({ chatId: id }),
  /** The history itself is checked by {@link chatHistory}: what is wrong there is a corrupt conversation. */
  chatRestore: z.object({ history: z.custom<ChatHistory>((value) => typeof value === 'object' && value !== null) }),
};

export const chatHistory = z.object({
  chatId: id,
  modelId: id,
  videoPath: path,
  media: z
    .array(z.object({ path, fromTurn: z.int().min(0).max(10_000).optional() }))
    .min(1)
    .max(Limits.chatMedia)
    .optional(),
  options: chatOptions,
  turns: z
    .array(
      z.object({
        question,
        answer: text,
        state: z.enum(['complete', 'interrupted']),
        stopReason: z.enum(['stop', 'length', 'cancelled']).optional(),
        plan: plan.optional(),
        span: segment.optional(),
        views: views.optional(),
        answersFrom,
      }),
    )
    .max(10_000),
}) satisfies z.ZodType<ChatHistory>;
