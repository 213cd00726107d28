import * as z from 'zod/mini';
import { answersFromChoices, Limits, type PageMessage, type PlayerAbilities } from '../../server/protocol/index.js';
import { type ReadMessage, readMessage, requestId as id } from '../pages/readMessage.js';
import { actionSchema, segmentSchema } from './conversationSchema.js';

/** Bytes and counts of what a page may send. */
export const pageLimits = { textBytes: 32 * 1024, noteBytes: 4 * 1024, uris: 64, uriCharacters: 8192 } as const;

const atMost = (bytes: number) => z.refine<string>((text) => Buffer.byteLength(text) <= bytes, 'too long');

const itemId = z.string().check(z.minLength(1), z.maxLength(200));
const text = z.string().check(atMost(pageLimits.textBytes));
const frames = z.int().check(z.minimum(1), z.maximum(Limits.framesPerPlan));
const names = z.array(z.string().check(z.maxLength(100))).check(z.maxLength(200));

const abilities = z.object({ videoCodecs: names, audioCodecs: names, containers: names }) satisfies z.ZodMiniType<PlayerAbilities>;

const ask = { text, span: z.optional(segmentSchema), clipId: z.optional(itemId), frames: z.optional(frames) };

/** Everything a page may say. Whatever else arrives is not from our page. */
export const pageMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), abilities }),
  z.object({ type: z.literal('send'), id, ...ask }),
  z.object({ type: z.literal('stop'), id }),
  z.object({ type: z.literal('regenerate'), id }),
  z.object({ type: z.literal('editAndResend'), id, turnId: itemId, ...ask }),
  z.object({
    type: z.literal('rate'),
    id,
    turnId: itemId,
    value: z.nullable(z.enum(['up', 'down'])),
    note: z.optional(z.string().check(atMost(pageLimits.noteBytes))),
  }),
  // A whole conversation may be copied: bounded by what a message may be.
  z.object({ type: z.literal('copy'), id, text: z.string().check(atMost(Limits.bodyBytes)) }),
  z.object({ type: z.literal('openLink'), id, url: z.string().check(z.maxLength(pageLimits.uriCharacters)) }),
  z.object({
    type: z.literal('addClips'),
    id,
    uris: z.array(z.string().check(z.maxLength(pageLimits.uriCharacters))).check(z.maxLength(pageLimits.uris)),
  }),
  z.object({ type: z.literal('removeClip'), id, clipId: itemId }),
  z.object({ type: z.literal('annotate'), id, clipId: itemId, seconds: z.optional(z.number().check(z.minimum(0))) }),
  z.object({ type: z.enum(['lookThrough', 'stopLooking', 'exportTimeline']), id, clipId: itemId }),
  z.object({ type: z.literal('frames'), id, frames: z.nullable(frames) }),
  z.object({ type: z.literal('answersFrom'), id, value: z.enum(answersFromChoices) }),
  z.object({
    type: z.literal('playbackFailed'),
    id,
    clipId: itemId,
    reason: z.enum(['error', 'noPicture', 'silent', 'slow']),
  }),
  z.object({ type: z.literal('action'), id, action: actionSchema }),
]) satisfies z.ZodMiniType<PageMessage>;

type Checked = z.infer<typeof pageMessageSchema>;
/** The other direction of `satisfies`: a message that the protocol knows and no schema takes is a type error here. */
const _complete: (message: PageMessage) => Checked = (message) => message;

/** Checks what a page has sent. */
export function parsePageMessage(value: unknown): ReadMessage<PageMessage> {
  return readMessage(pageMessageSchema, value);
}
