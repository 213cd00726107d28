import * as z from 'zod/mini';
import { answersFromChoices, type FramePlan, type PanelEvidence, type PanelProblem, type SamplingOptions, type Segment, timelineTracks } from '../../server/protocol/index.js';
import { type Conversation, conversationVersion, isConversationId, type StoredClip, type StoredTurn } from './conversation.js';

const seconds = z.number().check(z.minimum(0));
const count = z.int().check(z.minimum(0));
const text = z.string();
const id = z.string().check(z.minLength(1), z.maxLength(200));

export const segmentSchema = z
  .object({ startSeconds: seconds, endSeconds: seconds })
  .check(z.refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds)) satisfies z.ZodMiniType<Segment>;

const samplingSchema = z.object({
  temperature: z.optional(z.number()),
  topK: z.optional(z.number()),
  topP: z.optional(z.number()),
  minP: z.optional(z.number()),
  repetitionPenalty: z.optional(z.number()),
  frequencyPenalty: z.optional(z.number()),
  presencePenalty: z.optional(z.number()),
  seed: z.optional(z.number()),
  maxTokens: z.optional(z.number()),
}) satisfies z.ZodMiniType<SamplingOptions>;

const actions = [
  ...(['retry', 'restartServer', 'showLog', 'openSettings', 'chooseModel', 'useCpuOnly', 'locateFile'] as const),
  ...(['addClip', 'exportTranscript', 'copyTranscript', 'newConversation', 'manageTrust'] as const),
] as const;
export const actionSchema = z.enum(actions);

const problemSchema = z.object({
  message: text,
  hint: z.optional(text),
  actions: z.optional(z.array(actionSchema)),
}) satisfies z.ZodMiniType<PanelProblem>;

const planSchema = z.object({
  spec: text,
  // Of an image, where the span is empty.
  span: z.object({ startSeconds: seconds, endSeconds: seconds }),
  indices: z.array(count),
  seconds: z.array(z.number()),
  reason: text,
}) satisfies z.ZodMiniType<FramePlan>;

const clipSchema = z.object({
  clipId: id,
  path: z.string().check(z.minLength(1), z.maxLength(4096)),
  name: text,
  contentHash: z.optional(text),
  fromTurn: z.optional(count),
}) satisfies z.ZodMiniType<StoredClip>;

const half = z.enum(['embeddings', 'timeline', 'both']);
const resultSchema = z.object({
  tokens: z.object({ prompt: count, reused: count, prefilled: count, generated: count }),
  timings: z.object({
    queued: z.number(),
    load: z.number(),
    decode: z.number(),
    encode: z.number(),
    look: z.optional(z.number()),
    prefill: z.number(),
    generate: z.number(),
    firstToken: z.number(),
    total: z.number(),
  }),
  stopReason: z.enum(['stop', 'length', 'cancelled']),
  model: z.object({ id: text, demonstration: z.boolean(), vision: text, language: text }),
  embeddingsCached: z.boolean(),
  droppedTurns: count,
  device: text,
  modelName: z.optional(text),
  from: z.optional(half),
  fromReason: z.optional(text),
});

const evidenceSchema = z.object({
  id: text,
  track: z.enum(timelineTracks),
  label: text,
  clipId: id,
  startSeconds: seconds,
  endSeconds: seconds,
}) satisfies z.ZodMiniType<PanelEvidence>;

export const ratingSchema = z.object({ value: z.enum(['up', 'down']), note: z.optional(text) });

const turnSchema = z.object({
  turnId: id,
  question: text,
  span: z.optional(segmentSchema),
  spanClipId: z.optional(id),
  answer: text,
  state: z.enum(['waiting', 'streaming', 'complete', 'stopped', 'interrupted', 'failed']),
  problem: z.optional(problemSchema),
  nextSequence: z.optional(count),
  plan: z.optional(planSchema),
  plans: z.optional(z.array(z.object({ clipId: id, name: text, plan: planSchema }))),
  result: z.optional(resultSchema),
  evidence: z.optional(z.array(evidenceSchema)),
  rating: z.optional(ratingSchema),
  askedPlan: z.optional(text),
  crashes: z.optional(count),
}) satisfies z.ZodMiniType<StoredTurn>;

/** What a conversation on disk must look like to be read. */
export const conversationSchema = z.object({
  version: z.literal(conversationVersion),
  id: z.string().check(z.refine(isConversationId)),
  title: text,
  created: text,
  updated: text,
  modelId: z.optional(text),
  clips: z.array(clipSchema),
  turns: z.array(turnSchema),
  frames: z.optional(z.int().check(z.minimum(1))),
  answersFrom: z.optional(z.enum(answersFromChoices)),
  sampling: z.optional(samplingSchema),
}) satisfies z.ZodMiniType<Conversation>;
