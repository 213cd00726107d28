import * as z from 'zod/mini';
import { answersFromChoices } from '../../server/protocol/index.js';

/** How the two halves of a model run: the encoder's execution provider and the language model's build. */
export const devices = {
  auto: { executionProvider: 'auto', languageDevice: 'auto' },
  cpu: { executionProvider: 'cpu', languageDevice: 'cpu' },
  cuda: { executionProvider: 'cuda', languageDevice: 'cuda' },
  vulkan: { executionProvider: 'webgpu', languageDevice: 'vulkan' },
  metal: { executionProvider: 'coreml', languageDevice: 'metal' },
  directml: { executionProvider: 'dml', languageDevice: 'vulkan' },
} as const;

export type Device = keyof typeof devices;

const optional = <T extends z.ZodMiniType>(schema: T) => z.nullable(schema);
const whole = (least: number, most: number) => z.int().check(z.minimum(least), z.maximum(most));
const text = z.string().check(z.maxLength(4096));
/** `~` is the home folder; anything else that is relative depends on where the editor was started from. */
const folder = text.check(z.refine((path) => path === '' || /^(~$|~[\\/]|[\\/]|[a-z]:[\\/])/i.test(path), 'not an absolute path'));

const absolute = text.check(z.refine((path) => /^([\\/]|[a-z]:[\\/])/i.test(path), 'not an absolute path'));

const word = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const id = z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/));
const images = z.optional(z.enum(['frames', 'none']));
const contextLength = z.optional(whole(512, 4_194_304));

const sentOptions = z.optional(z.record(word(100), z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean()])));
const some = (least: number, most: number) => z.optional(z.number().check(z.minimum(least), z.maximum(most)));

/** How clips are sent, where they are sent as they are. */
const video = z.optional(
  z.object({
    part: z.optional(z.enum(['auto', 'video_url', 'input_video'])),
    ...{ seconds: some(0.1, 3_600), megabytes: some(0.1, 48), fps: some(0.1, 60) },
    ...{ processor: sentOptions, reader: sentOptions },
  }),
);

/** A model on an OpenAI-compatible server. Its key is not in here. */
const endpoint = z.object({
  ...{ id, images, contextLength, video },
  name: z.optional(word(200)),
  url: z.string().check(z.maxLength(2000), z.regex(/^https?:\/\//)),
  model: z.optional(word(500)),
  concurrency: z.optional(whole(1, 64)),
  maxFrames: z.optional(whole(1, 64)),
  allowHttp: z.optional(z.boolean()),
});
const editorModel = z.object({ vendor: word(500), family: word(500), id: word(500), name: word(200), images, contextLength });

/** A file that llama-server runs. */
const llamaModel = z.object({
  ...{ id, images, contextLength, video },
  name: word(200),
  file: absolute,
  projector: z.optional(absolute),
  concurrency: z.optional(whole(1, 64)),
  maxFrames: z.optional(whole(1, 64)),
  gpuLayers: z.optional(whole(0, 10_000)),
  idleSeconds: z.optional(whole(0, 604_800)),
});

/**
 * Every setting under `videochat.`: what it may be, and its default. The manifest says the same to people; a test
 * compares the two.
 */
export const settingKeys = {
  model: { schema: z.string().check(z.maxLength(200)), default: '' },
  answersFrom: { schema: z.enum(answersFromChoices), default: 'auto' },
  framesPerClip: { schema: optional(whole(1, 64)), default: null },
  'sampling.temperature': { schema: optional(z.number().check(z.minimum(0), z.maximum(100))), default: null },
  'sampling.topP': { schema: optional(z.number().check(z.minimum(0), z.maximum(1))), default: null },
  'sampling.topK': { schema: optional(whole(0, 1_000_000)), default: null },
  'sampling.seed': { schema: optional(whole(0, 0xffff_ffff)), default: null },
  'sampling.maxTokens': { schema: optional(whole(1, 8192)), default: null },
  offerModels: { schema: z.boolean(), default: true },
  'chat.confirmLinks': { schema: z.boolean(), default: true },
  mcpServer: { schema: z.boolean(), default: false },
  device: { schema: z.enum(['auto', 'cpu', 'cuda', 'vulkan', 'metal', 'directml']), default: 'auto' },
  gpuLayers: { schema: whole(-1, 10_000), default: -1 },
  gpuPacks: { schema: z.boolean(), default: true },
  threads: { schema: whole(0, 1024), default: 0 },
  ffmpegPath: { schema: text, default: '' },
  modelFolders: { schema: z.array(folder).check(z.maxLength(100)), default: [] },
  endpoints: { schema: z.array(endpoint).check(z.maxLength(50)), default: [] },
  editorModels: { schema: z.array(editorModel).check(z.maxLength(50)), default: [] },
  'hub.endpoint': { schema: z.string().check(z.maxLength(2000), z.regex(/^(https?:\/\/.*)?$/)), default: '' },
  'hub.cacheFolder': { schema: folder, default: '' },
  'llamaServer.path': { schema: folder, default: '' },
  'llamaServer.models': { schema: z.array(llamaModel).check(z.maxLength(50)), default: [] },
  cacheFolder: { schema: folder, default: '' },
  cacheSizeMB: { schema: whole(16, 1024 * 1024), default: 1024 },
  annotator: { schema: z.string().check(z.maxLength(200)), default: '' },
  longClipSeconds: { schema: whole(0, 1_000_000), default: 180 },
  'speech.fallback': { schema: z.enum(['off', 'pocketsphinx']), default: 'off' },
  'speech.language': { schema: z.string().check(z.regex(/^([a-z]{2,3})?$/)), default: '' },
  'player.maxProxyHeight': { schema: whole(144, 2160), default: 720 },
} as const;

export type SettingKey = keyof typeof settingKeys;
export type SettingTable = { [Key in SettingKey]: z.infer<(typeof settingKeys)[Key]['schema']> };
