import { z } from 'zod';
import { ErrorCode, Limits, type MediaLimits, Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { adapterSchema } from './adapterManifest.js';
import { backendSchema, fillBackend, filledWithBackend } from './backendRules.js';
import { brokenRules } from './manifestRules.js';
import { identifier, pathInside } from './names.js';
import { piecesSchema } from './pieceRules.js';
import { prefixSchema } from './prefixManifest.js';
import { tilesSchema } from './tileRules.js';

const safePath = z
  .string()
  .max(255)
  .regex(pathInside, { error: 'must be a path inside the model folder: relative, with forward slashes, without ".."' });
export const tensorName = z.string().min(1).max(200);
export const shortText = z.string().min(1).max(2_000);
const side = z.int().min(1).max(2_048);
export const finite = z.number().min(-1e6).max(1e6);

export const fileSchema = z.strictObject({
  path: safePath.describe('Path inside the model folder, with forward slashes.'),
  bytes: z.int().min(1).describe('Size of the file.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hex digits' })
    .describe('SHA-256 of the file, lower-case hex.'),
  companions: z
    .array(identifier)
    .max(64)
    .optional()
    .describe('Keys of files this one cannot do without, e.g. external data of an ONNX graph.'),
});

export const sizeSchema = z.strictObject({
  width: side,
  height: side,
  fit: z
    .enum(['shorterSideCrop', 'squash'])
    .describe('shorterSideCrop: shorter side to size, centre crop. squash: both sides to size.'),
  resample: z
    .enum(['bicubic', 'lanczos', 'nearest', 'linear', 'cubic'])
    .optional()
    .describe('bicubic, or left out, and lanczos: as Pillow resizes. nearest, linear, cubic: as PyTorch interpolates, in floats and without antialiasing.'),
});

const preprocessSchema = z.strictObject({
  video: sizeSchema.extend({ pieces: piecesSchema.optional() }),
  image: sizeSchema.extend({ tiles: tilesSchema.optional(), pieces: piecesSchema.optional() }).describe('Same size as video: the encoder takes one.'),
  mean: z.tuple([finite, finite, finite]).describe('RGB, of pixels in 0…1.'),
  std: z.tuple([z.number().min(1e-6).max(1e6), z.number().min(1e-6).max(1e6), z.number().min(1e-6).max(1e6)]),
  maxFrames: z.int().min(1).max(Limits.framesPerPlan).describe('Most frames the encoder takes at once.'),
});

const variantsSchema = z.record(identifier, identifier).describe('Variant name → key in files.');

const outputSchema = z.strictObject({
  name: tensorName,
  rows: z.int().min(1).max(65_536).optional().describe('Embedding rows of one clip, whatever its frame count. Either this or rowsPerFrame.'),
  rowsPerFrame: z.int().min(1).max(65_536).optional().describe('Embedding rows of each frame, in the order of the frames.'),
  width: z.int().min(1).max(65_536).describe('Width of a row = embedding width of the language model.'),
});

const encoderSchema = z.strictObject({
  variants: variantsSchema,
  default: identifier.describe('Variant used on the CPU. On a GPU, a variant named fp16 is preferred.'),
  input: z.strictObject({
    name: tensorName,
    layout: z
      .enum(['BTCHW', 'B(TC)HW', 'TCHW'])
      .describe('BTCHW: [1,T,3,H,W]. B(TC)HW: [1,3·T,H,W]. TCHW: [T,3,H,W].'),
    type: z.literal('float32'),
    mask: tensorName.optional().describe('Name of a second, boolean input [1,T,H,W] of the pixels that count: all do. With BTCHW.'),
  }),
  output: outputSchema,
  image: z
    .strictObject({ variants: variantsSchema, default: identifier, output: outputSchema })
    .optional()
    .describe('Another graph with the same input, for pictures; loaded when the first is looked at. Left out: the graph for clips.'),
  domain: identifier
    .optional()
    .describe('Key of a JSON file with statistics: what it answers with for clips of the kind it was trained on. Left out: any.'),
});

const audioSchema = z.strictObject({
  variants: variantsSchema,
  default: identifier,
  input: z.strictObject({
    name: tensorName,
    sampleRate: z.int().min(1_000).max(192_000),
    clips: z.int().min(1).max(64).describe('Pieces of sound, spread over what is looked at.'),
    seconds: z.number().min(0.05).max(60).describe('Length of a piece. The input is [clips, sampleRate · seconds] in -1…1.'),
  }),
  output: z.strictObject({ name: tensorName, rows: z.int().min(1).max(65_536), width: z.int().min(1).max(65_536) }),
});

const languageSchema = z.strictObject({
  variants: variantsSchema,
  default: identifier,
  contextLength: z.int().min(128).max(4_194_304),
  adapters: z.array(adapterSchema).min(1).max(16).optional().describe('Low-rank adapters beside the weights, all in use at once. Left out: none.'),
});

const template = z
  .string()
  .min(1)
  .max(16_384)
  .describe('Jinja. Gets messages ({role: user | assistant, content}), system, add_generation_prompt.');
const system = z.string().max(16_384).optional().describe('Passed to the template as system; empty when left out.');
const questionMessage = shortText.optional().describe('Jinja. User message of a question; gets question, and visuals where they belong to it. Left out: the question.');

const promptSchema = z.strictObject({
  template,
  system,
  videoMessage: shortText
    .optional()
    .describe(
      'Jinja. User message that shows a video; gets timeMessage, frames ({ seconds, clock: MM:SS }), frameCountWords, duration (H:MM:SS) and sound: whether it is heard too. Holds placeholders.video once. Needed with an encoder.',
    ),
  imageMessage: shortText.optional().describe('The same for an image; gets tiles: rows of { row, column } from 1, none where it is shown whole only. Holds placeholders.image once.'),
  questionMessage,
  placeholders: z
    .strictObject({
      video: shortText.optional().describe('All rows of a clip. With an encoder, either this or frame.'),
      frame: shortText.optional().describe('The rows of the next frame; in videoMessage once for each of them. Needs encoder.output.rowsPerFrame.'),
      image: shortText.optional(),
      tile: shortText.optional().describe('The rows of the next tile; in imageMessage once, in a loop over tiles. Then image has those of the whole picture. With preprocess.image.tiles.'),
      audio: shortText.optional().describe('The rows of the sound, in videoMessage once where sound is true. With audio.'),
    })
    .optional()
    .describe('Needed with an encoder.'),
  visuals: z
    .enum(['message', 'question'])
    .optional()
    .describe('message, or left out: each is shown by a message of its own. question: in the message of the question that follows, which gets visuals.'),
  specialTokens: z
    .array(z.string().min(1).max(100))
    .max(64)
    .optional()
    .describe('Texts of the template and the messages that stand for one token each, e.g. </s>. In what people write they stay text.'),
  timeMessage: z.enum(['videochat', 'none']).optional().describe('Sentence with the times of the frames. Needed with an encoder.'),
});

const mediaSchema = z.strictObject({
  most: z.int().min(1).max(Limits.chatMedia).describe('Clips and pictures that one conversation may hold together.'),
  videos: z.int().min(1).max(Limits.chatMedia).optional().describe('Of those, at most this many videos. Left out: most.'),
  images: z.int().min(1).max(Limits.chatMedia).optional().describe('The same for pictures; needs the ability image.'),
});

const stopSchema = z.strictObject({
  texts: z.array(z.string().min(1).max(100)).max(16).describe('The answer ends before the first of these.'),
  ids: z
    .array(z.array(z.int().min(0).max(2 ** 31 - 1)).min(1).max(16))
    .max(64)
    .describe('The answer ends when its last token ids equal one of these.'),
  trimAfter: z.array(z.string().min(1).max(100)).max(16).describe('Only what follows the last of these is kept.'),
});

const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(10).optional(),
  topK: z.int().min(0).max(1_000_000).optional(),
  topP: z.number().min(0).max(1).optional(),
  minP: z.number().min(0).max(1).optional(),
  repetitionPenalty: z.number().min(0.01).max(10).optional(),
  frequencyPenalty: z.number().min(-10).max(10).optional(),
  presencePenalty: z.number().min(-10).max(10).optional(),
  seed: z.int().min(0).max(2 ** 32 - 1).optional(),
  maxTokens: z.int().min(1).max(Limits.maxTokens).optional(),
});

const timelineSchema = z.strictObject({
  language: languageSchema.optional().describe('Weights of its own, loaded when they are first needed.'),
  prompt: z
    .strictObject({
      template: template.optional(),
      system,
      contextMessage: shortText
        .optional()
        .describe('Jinja. User message before the first question; gets context, the text of the timeline. Left out: plain English.'),
      questionMessage,
    })
    .optional(),
  prompts: z
    .strictObject({
      summary: shortText.optional(),
      caption: shortText.optional(),
      detail: shortText.optional().describe('Asks for all that happens in a part. Left out: in plain English.'),
      title: shortText.optional(),
      questions: z.array(shortText).min(1).max(32).optional().describe('Questions to begin with about a real clip. Left out: in plain English.'),
    })
    .optional()
    .describe('Questions for particular tasks, where they are asked otherwise than of the half that sees.'),
  answers: z
    .enum(['free', 'supported'])
    .optional()
    .describe('supported: only what the context bears out, in the forms of models/timeline/README.md, for models that were taught them. Left out: free.'),
  stop: stopSchema.optional(),
  sampling: samplingSchema.optional(),
});

/** What every manifest says of its model. */
export const aboutModel = {
  $schema: z.string().max(1_000).optional(),
  schemaVersion: z.literal(1),
  id: identifier,
  name: z.string().min(1).max(200),
  description: z.string().max(4_000),
  version: z.string().min(1).max(100),
  licence: z.string().min(1).max(200),
};

/** What a model is made of. Documented field by field in `models/README.md`. */
export const manifestSchema = z
  .strictObject({
    ...aboutModel,
    demonstration: z.boolean().describe('True: knows a toy world only; every client must say so.'),
    abilities: z
      .array(z.enum(['chat', 'image', 'grounding', 'denseCaption', 'audio', 'timeline']))
      .min(1)
      .max(16),
    backend: backendSchema
      .optional()
      .describe('Who answers instead of weights of this process; files, encoder, preprocess, language, stop and the template of prompt are left out then.'),
    files: z.record(identifier, fileSchema),
    media: mediaSchema.optional().describe('Several clips and pictures in one conversation. Left out: one.'),
    framePlan: z.string().min(1).max(100).optional().describe('Default frame plan, e.g. videochat:8. Needed with an encoder; left out with a backend: up to eight frames.'),
    preprocess: preprocessSchema.optional().describe('Needed with an encoder.'),
    encoder: encoderSchema.optional().describe('Left out: a model of texts alone, whose abilities are exactly ["timeline"].'),
    audio: audioSchema.optional().describe('What the model hears clips with, beside the encoder. With the ability audio.'),
    prefix: prefixSchema.optional().describe('What is shown stands nowhere in the prompt, but is added in each layer.'),
    language: languageSchema,
    prompt: promptSchema,
    prompts: z
      .strictObject({
        summary: shortText.optional().describe('Left out: Describe the video.'),
        caption: shortText.optional().describe('Asks for a caption of a part. Left out: summary.'),
        title: shortText.optional().describe('Asks for a title of a part. Left out: in plain English; a demonstration is not asked.'),
        locate: z
          .strictObject({
            question: shortText.describe('Jinja. Asks when something is to be seen; gets query.'),
            answer: shortText.describe('What the model answers with: {{ start }} and {{ end }} stand for numbers, once each and in this order.'),
            absent: shortText.optional().describe('What it answers where there is no such thing.'),
            unit: z
              .enum(['seconds', 'hundredths'])
              .describe('What the numbers count: seconds with at most one decimal, or hundredths of the clip as 00 to 99.'),
          })
          .optional()
          .describe('How the model says when something is to be seen. With the ability grounding.'),
        denseCaption: z
          .strictObject({
            question: shortText.describe('Asks for all events of the clip as a JSON list of {"event", "timestamps": "from … to …"}.'),
            unit: z.enum(['seconds', 'hundredths']).describe('As in locate.'),
          })
          .optional()
          .describe('How the model tells the events of a whole clip at once. With the ability denseCaption.'),
        questions: z
          .array(shortText)
          .min(1)
          .max(32)
          .optional()
          .describe('Suggested question-answer pairs are these with the answers. Left out: the model writes both from captions.'),
      })
      .optional()
      .describe('Questions for particular tasks, in words that the model knows.'),
    stop: stopSchema,
    sampling: samplingSchema.describe('Defaults; a request may replace each.'),
    timeline: timelineSchema
      .optional()
      .describe('How the model reads timelines, where that differs from language, prompt, stop and sampling. Needs the ability timeline.'),
  })
  .superRefine((manifest, context) => {
    for (const { path, message } of brokenRules(manifest)) {
      context.addIssue({ code: 'custom', path, message: String(message), params: { phrase: message } });
    }
  });

export type ManifestFile = z.infer<typeof fileSchema>;
export type LanguageRules = z.infer<typeof languageSchema>;
export type StopRules = z.infer<typeof stopSchema>;
/** How a conversation becomes a prompt; `contextMessage` shows a textual context. */
export type PromptRules = z.infer<typeof promptSchema> & { contextMessage?: string };
export type VisualPromptRules = PromptRules & Required<Pick<PromptRules, 'videoMessage' | 'placeholders' | 'timeMessage'>>;
export type Manifest = z.infer<typeof manifestSchema>;
/** Of a model that hears clips. */
export type HearingManifest = Manifest & Required<Pick<Manifest, 'audio'>>;
/** Of a model that is shown things by a prefix in each layer. */
export type PrefixManifest = Manifest & Required<Pick<Manifest, 'prefix'>>;
/** Of a model with an encoder. */
export type SeeingManifest = Manifest &
  Required<Pick<Manifest, 'framePlan' | 'preprocess' | 'encoder'>> & { prompt: VisualPromptRules };

/** Whether a model has an encoder in this process. */
export function hasEncoder(manifest: Manifest): manifest is SeeingManifest {
  return manifest.encoder !== undefined;
}

/** Whether a model is shown frames: by its encoder, or as pictures that a backend takes. */
export function canSee({ encoder, backend }: Manifest): boolean {
  return encoder !== undefined || backend?.images === 'frames';
}

/** The frame plan of a model that sees, where nobody says, and the most frames it takes at once. */
export function framesOf({ framePlan, preprocess, backend }: Manifest): { plan: string; most: number } {
  const most = preprocess?.maxFrames ?? backend?.maxFrames ?? 1;
  return { plan: framePlan ?? `videochat:${Math.min(8, most)}`, most };
}

/** How many clips and pictures the model takes together, with all that the manifest leaves out. */
export function mediaLimitsOf({ media, abilities }: Manifest): MediaLimits {
  const { most = 1, videos = most, images = most } = media ?? {};
  return { most, videos, images: abilities.includes('image') || abilities.includes('timeline') ? images : 0 };
}

/**
 * Checks a parsed `manifest.json`.
 *
 * @throws ManifestInvalid naming the first offending fields by path, e.g. `encoder.output.width`
 */
export function parseManifest(value: unknown, subject: string): Manifest {
  return parseAs(manifestSchema, fillBackend(value), subject);
}

/** The same of a manifest of another form. @throws ManifestInvalid */
export function parseAs<Parsed>(schema: z.ZodType<Parsed>, value: unknown, subject: string): Parsed {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const { issues } = result.error;
  const problems = issues.slice(0, 3).map(describeIssue).reduce((all, next) => phrase`${all}; ${next}`);
  const more = issues.length - 3;
  throw new VideoChatError(
    ErrorCode.ManifestInvalid,
    more > 0 ? phrase`The manifest is not valid: ${problems}; and ${more} more.` : phrase`The manifest is not valid: ${problems}.`,
    { hint: 'Correct manifest.json; models/README.md describes every field.', subject },
  );
}

function describeIssue(issue: z.core.$ZodIssue): Phrase {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => phrase`"${[...path, key].join('.')}" is not a known field`).reduce((all, next) => phrase`${all}, ${next}`);
  }
  const own: unknown = issue.code === 'custom' ? issue.params?.['phrase'] : undefined;
  return phrase`"${path.join('.') || 'manifest'}" ${own instanceof Phrase ? own : issue.message}`;
}

/** The manifest format as JSON Schema (draft 2020-12), for editors. Rules across fields are not in it. */
export function manifestJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
  const [withBackend, needed] = [false, true].map((isFilled) => schema.required?.filter((name) => name in filledWithBackend === isFilled));
  return { title: 'VideoChat model manifest', ...schema, required: withBackend, if: { not: { required: ['backend'] } }, then: { required: needed } };
}
