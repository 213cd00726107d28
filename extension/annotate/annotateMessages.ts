import * as z from 'zod/mini';
import { annotationEditSchema } from '../../server/common/annotations/annotationSchema.js';
import { type AnnotatePageMessage, type AnnotationEdit, suggestTasks } from '../../server/protocol/index.js';
import { type ReadMessage, readMessage, requestId as id } from '../pages/readMessage.js';

/** Counts and lengths of what one message of a page may hold. */
export const annotateLimits = { edits: 100_000, abilities: 200, segmentIds: 10_000, urlCharacters: 8192 } as const;

const itemId = z.string().check(z.minLength(1), z.maxLength(200));
const names = z.array(z.string().check(z.maxLength(100))).check(z.maxLength(annotateLimits.abilities));
const seconds = z.number().check(z.minimum(0));
const span = z.object({ startSeconds: seconds, endSeconds: seconds }).check(z.refine(({ startSeconds, endSeconds }) => endSeconds >= startSeconds, 'end before start'));

/** Members without which an item, or the document, could not be read any more. */
const required: ReadonlySet<string> = new Set(['start', 'end', 'question', 'turns', 'media']);

/** An edit from outside: one that leaves every item readable. */
export const safeEditSchema = annotationEditSchema.check(
  z.refine((edit: AnnotationEdit) => !('set' in edit) || Object.entries(edit.set).every(([field, value]) => value !== null || !required.has(field)), 'takes away what an item must have'),
);

/** Everything the annotator's page may say. Whatever else arrives is not from our page. */
export const annotateMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), abilities: z.object({ videoCodecs: names, audioCodecs: names, containers: names }) }),
  z.object({
    type: z.literal('edit'),
    id,
    revision: z.int(),
    label: z.string().check(z.maxLength(1000)),
    edits: z.array(safeEditSchema).check(z.minLength(1), z.maxLength(annotateLimits.edits)),
  }),
  z.object({
    type: z.literal('suggest'),
    id,
    task: z.enum(suggestTasks),
    span: z.optional(span),
    segmentIds: z.optional(z.array(itemId).check(z.maxLength(annotateLimits.segmentIds))),
  }),
  z.object({ type: z.literal('cancelSuggest'), id }),
  z.object({ type: z.literal('playbackFailed'), id, reason: z.enum(['error', 'noPicture', 'silent', 'slow']) }),
  z.object({
    type: z.literal('nextReview'),
    id,
    decided: z.optional(z.object({ itemId, status: z.enum(['suggested', 'accepted', 'edited', 'rejected']) })),
  }),
  z.object({ type: z.literal('endReview'), id }),
  z.object({
    type: z.literal('action'),
    id,
    action: z.enum(['undo', 'redo', 'save', 'makeWritable', 'openAsText', 'openInChat', 'locateMedia', 'restartServer', 'showLog', 'showKeys', 'rebindKeys']),
  }),
  z.object({ type: z.literal('openLink'), id, url: z.string().check(z.maxLength(annotateLimits.urlCharacters)) }),
  z.object({ type: z.literal('focus'), place: z.enum(['timeline', 'list', 'text', 'other']) }),
]) satisfies z.ZodMiniType<AnnotatePageMessage>;

type Checked = z.infer<typeof annotateMessageSchema>;
/** The other direction of `satisfies`: a message that the protocol knows and no schema takes is a type error here. */
const _complete: (message: AnnotatePageMessage) => Checked = (message) => message;

/** Checks what a page has sent. Edits are handed on as they came: the page knows its own by their text. */
export function parseAnnotateMessage(value: unknown): ReadMessage<AnnotatePageMessage> {
  const parsed = readMessage(annotateMessageSchema, value);
  if ('problem' in parsed) {
    return parsed;
  }
  const { message } = parsed;
  if (hasPrototypes(value)) {
    return { problem: 'message: a name that is none', ...('id' in message ? { id: message.id } : {}) };
  }
  return { message: message.type === 'edit' ? { ...message, edits: (value as { edits: AnnotationEdit[] }).edits } : message };
}

/** A member that is called like this would be something else in the object that it is put in. */
function hasPrototypes(value: unknown): boolean {
  return JSON.stringify(value).includes('"__proto__":');
}
