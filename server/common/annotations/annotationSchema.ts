import * as z from 'zod/mini';
import { annotationFormat, type AnnotationDocument, annotationVersion, type AnnotationEdit, type Provenance } from '../../protocol/index.js';

const seconds = z.number();
const id = z.string().check(z.minLength(1), z.maxLength(200));
const text = z.string().check(z.maxLength(1_000_000));
const name = z.string().check(z.maxLength(1000));

/** Fields that a suggestion may fill in an item that is there already; none that an item cannot be without. */
const filledFields = z.array(z.enum(['caption', 'label', 'answer']));

const plainProvenance = z.looseObject({
  author: z.optional(name),
  model: z.optional(
    z.looseObject({
      id: name,
      manifest: z.optional(name),
      prompt: z.optional(text),
      sampling: z.optional(z.record(z.string(), z.number())),
      plan: z.optional(name),
    }),
  ),
  at: z.optional(name),
  status: z.optional(z.enum(['suggested', 'accepted', 'edited', 'rejected'])),
  confidence: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  reviewer: z.optional(name),
  refused: z.optional(z.array(name)),
});
const provenance = z.extend(plainProvenance, {
  filled: z.optional(z.looseObject({ fields: filledFields, before: z.optional(plainProvenance) })),
}) satisfies z.ZodMiniType<Provenance>;

const origin = z.looseObject({ import: name, index: z.int().check(z.minimum(0)), rest: z.optional(z.unknown()) });
const span = z.looseObject({ start: seconds, end: seconds });
const media = z.looseObject({
  path: z.string().check(z.minLength(1), z.maxLength(4096)),
  sha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
  duration: z.optional(z.number().check(z.minimum(0))),
  fps: z.optional(z.number().check(z.minimum(0))),
  frameCount: z.optional(z.int().check(z.minimum(0))),
  timeBase: z.optional(z.string().check(z.regex(/^[0-9]+\/[1-9][0-9]*$/))),
});

const segment = z.looseObject({
  id,
  start: seconds,
  end: seconds,
  track: z.optional(name),
  label: z.optional(name),
  caption: z.optional(text),
  attributes: z.optional(z.record(name, z.union([text, z.number(), z.boolean(), z.null()]))),
  provenance: z.optional(provenance),
  origin: z.optional(origin),
});
const question = z.looseObject({
  id,
  question: text,
  answer: z.optional(text),
  options: z.optional(z.array(text)),
  correct: z.optional(z.int().check(z.minimum(0))),
  type: z.optional(name),
  span: z.optional(span),
  provenance: z.optional(provenance),
  origin: z.optional(origin),
});
const turn = z.looseObject({
  role: z.enum(['system', 'user', 'assistant']),
  text,
  span: z.optional(span),
  rating: z.optional(z.enum(['up', 'down'])),
});
const conversation = z.looseObject({
  id,
  turns: z.array(turn),
  provenance: z.optional(provenance),
  origin: z.optional(origin),
});

/** An annotation document as it may stand in a file: lists may be left out, unknown members are welcome everywhere. */
export const annotationSchema = z.looseObject({
  $schema: z.optional(z.string()),
  format: z.literal(annotationFormat),
  version: z.int().check(z.minimum(1), z.maximum(annotationVersion)),
  media,
  description: z.optional(text),
  descriptionProvenance: z.optional(provenance),
  tags: z.optional(z.array(name)),
  segments: z.optional(z.array(segment)),
  questions: z.optional(z.array(question)),
  conversations: z.optional(z.array(conversation)),
  origin: z.optional(z.array(origin)),
});

type Fields = Omit<AnnotationDocument, 'segments' | 'questions' | 'conversations'>;
annotationSchema satisfies z.ZodMiniType<Fields>;

/** Members of an item that a change may set; `null` takes one away. */
const changes = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.looseObject(Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, z.optional(z.nullable(type))])));
const change = (item: { shape: z.core.$ZodLooseShape }): z.ZodMiniType<Record<string, unknown>> =>
  z.pipe(z.record(z.string(), z.unknown()), changes(item.shape)).check(z.refine((set) => !Object.hasOwn(set, 'id') && !Object.hasOwn(set, '__proto__')));

/** An edit as it may arrive from a page or in a suggestion. */
export const annotationEditSchema = z.union([
  z.object({ op: z.literal('add'), list: z.literal('segments'), item: segment }),
  z.object({ op: z.literal('add'), list: z.literal('questions'), item: question }),
  z.object({ op: z.literal('add'), list: z.literal('conversations'), item: conversation }),
  z.object({ op: z.literal('patch'), list: z.literal('segments'), id, set: change(segment) }),
  z.object({ op: z.literal('patch'), list: z.literal('questions'), id, set: change(question) }),
  z.object({ op: z.literal('patch'), list: z.literal('conversations'), id, set: change(conversation) }),
  z.object({ op: z.literal('remove'), list: z.enum(['segments', 'questions', 'conversations']), id }),
  z.object({ op: z.literal('clip'), set: change(z.object({ media, description: text, descriptionProvenance: provenance, tags: z.array(name) })) }),
]) as unknown as z.ZodMiniType<AnnotationEdit>;
