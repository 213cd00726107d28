import { z } from 'zod';
import { Limits } from '../protocol/index.js';
import type { LlamaServerRules } from './llamaServerRules.js';

const shortText = z.string().min(1).max(500);

/** What all kinds of backends have in common. */
export const commonRules = {
  images: z
    .enum(['frames', 'none'])
    .default('none')
    .describe('frames: pictures are sent, each with its time. none: it answers from the timeline, as text.'),
  maxFrames: z.int().min(1).max(Limits.framesPerPlan).default(16).describe('Most frames of one clip in a request.'),
  frameSide: z.int().min(64).max(2_048).default(512).describe('Longest side of a frame that is sent, in pixels.'),
  tokensPerFrame: z.int().min(1).max(65_536).default(300).describe('What a frame is taken to cost of the context.'),
  contextLength: z.int().min(512).max(4_194_304).optional().describe('In tokens. Left out: what the backend says, else 8192.'),
  concurrency: z.int().min(1).max(Limits.backendConcurrency).default(4).describe('Requests in flight at most.'),
};

const options = z.record(z.string().min(1).max(100), z.union([z.string().max(500), z.number(), z.boolean()]));

export const videoRules = z
  .strictObject({
    part: z.enum(['auto', 'video_url', 'input_video']).default('auto').describe('auto: where the server says that its model takes clips. Others: it does, in this form.'),
    seconds: z.number().min(0.1).max(3_600).default(60).describe('Longest stretch that is sent.'),
    megabytes: z.number().min(0.1).max(48).default(16).describe('Most of one clip, in millions of bytes.'),
    fps: z.number().min(0.1).max(60).default(4).describe('Most frames of a second.'),
    processor: options.optional().describe("vLLM's mm_processor_kwargs."),
    reader: options.optional().describe("vLLM's media_io_kwargs for clips."),
  })
  .describe('Clips are sent as they are where they fit, and as frames otherwise. Left out: always as frames.');

export const openAiRules = z.strictObject({
  kind: z.literal('openai'),
  endpoint: z
    .string()
    .max(2_000)
    .refine(isPlainUrl, { error: 'must be an http or https URL without user name, password, query and fragment' })
    .describe('Base URL of an OpenAI-compatible server, usually ending in /v1.'),
  model: shortText.optional().describe('Name of the model there. Left out: the first that the server lists.'),
  apiKeyVariable: z
    .string()
    .max(100)
    .regex(/^[A-Z][A-Z0-9_]*_API_KEY$/, { error: 'must be the name of an environment variable that ends in _API_KEY' })
    .optional()
    .describe('Environment variable of the server that holds the key. A key that the client hands over comes first.'),
  allowHttp: z.boolean().optional().describe('True: plain http also to a host that is not on this machine or a private network.'),
  video: videoRules.optional(),
  ...commonRules,
});

export const editorRules = z.strictObject({
  kind: z.literal('editor'),
  vendor: shortText.optional(),
  family: shortText.optional(),
  model: shortText.optional().describe('Id of the model in the editor. Left out, with vendor and family: the first that the editor has.'),
  ...commonRules,
});

/** Who answers instead of weights of this process. */
export type BackendRules = OpenAiRules | EditorRules | LlamaServerRules;

/** What a manifest may say: it starts no programs. */
export const backendSchema: z.ZodType<BackendRules> = z.discriminatedUnion('kind', [openAiRules, editorRules]);

export type OpenAiRules = z.infer<typeof openAiRules>;
export type EditorRules = z.infer<typeof editorRules>;

function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const safe = url && !url.username && !url.password && !url.search && !url.hash && url.hostname !== '';
  return safe === true && (url.protocol === 'http:' || url.protocol === 'https:');
}

/** Not rendered: a backend is sent messages. */
export const messageTemplate = '{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}';

/** What a manifest with a backend may leave out, besides `prompt`. */
const leftOut = {
  files: {},
  language: { variants: {}, default: 'remote', contextLength: 8_192 },
  stop: { texts: [], ids: [], trimAfter: [] },
  sampling: {},
};

export const filledWithBackend: Readonly<Record<string, unknown>> = { ...leftOut, prompt: { template: messageTemplate } };

/** Says of a manifest with a `backend` what it may leave out; of others nothing. */
export function fillBackend(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'backend')) {
    return value;
  }
  const { prompt } = value as { prompt?: unknown };
  const isObject = typeof prompt === 'object' && prompt !== null;
  const { backend } = value as { backend?: { contextLength?: unknown } | null };
  const language = typeof backend?.contextLength === 'number' ? { ...leftOut.language, contextLength: backend.contextLength } : leftOut.language;
  return { ...leftOut, language, ...value, prompt: prompt === undefined || isObject ? { template: messageTemplate, ...prompt } : prompt };
}
