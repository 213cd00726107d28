import { z } from 'zod';
import { phrase } from '../protocol/index.js';
import { aboutModel, fileSchema, finite, parseAs, shortText, sizeSchema, tensorName } from './manifest.js';
import { identifier } from './names.js';

const spread = z.number().min(1e-6).max(1e6);
const tokenId = z.int().min(0).max(2 ** 31 - 1);
const pooling = z
  .enum(['none', 'first', 'last', 'mean'])
  .optional()
  .describe('Of an output with a row for each patch or token: the first, the last that is no padding, or the mean of all that are none. Left out, none: the output is one row.');

const pictureSchema = z.strictObject({
  file: identifier.describe('Key of an ONNX graph in files.'),
  preprocess: sizeSchema.extend({ mean: z.tuple([finite, finite, finite]).describe('RGB, of pixels in 0…1.'), std: z.tuple([spread, spread, spread]) }),
  input: tensorName.describe('[1,3,H,W] float32, usually pixel_values.'),
  output: tensorName.describe('[1,width] float32, usually image_embeds or pooler_output; with pooling [1,rows,width].'),
  pooling,
});

const textSchema = z.strictObject({
  file: identifier.describe('Key of an ONNX graph in files.'),
  tokenizer: identifier.describe('Key of a tokenizer.json in files.'),
  inputs: z.strictObject({
    ids: tensorName.describe('[1,tokens] int64, usually input_ids.'),
    mask: tensorName.optional().describe('The same, 1 for each token and 0 for padding, usually attention_mask. Left out: the graph takes none.'),
  }),
  output: tensorName.describe('[1,width] float32, usually text_embeds or pooler_output; with pooling [1,tokens,width].'),
  pooling,
  length: z.int().min(2).max(4_096).describe('Most tokens of a text. The last of a longer one, its end mark, stays.'),
  padding: tokenId.optional().describe('Shorter texts are filled up to length with this token. Left out: they are not.'),
  prompt: shortText.optional().describe('What a question is put into: {{ query }} stands for it, once. Left out: the question alone.'),
});

const scoreSchema = z.strictObject({
  scale: z.number().min(0.01).max(1_000).describe('What a cosine is multiplied by: exp(logit_scale) of the checkpoint, 100 for CLIP.'),
  bias: z.number().min(-1_000).max(1_000).optional().describe('Added before the logistic function, for models trained with it (SigLIP): logit_bias of the checkpoint.'),
  contrast: z
    .array(shortText)
    .min(1)
    .max(16)
    .optional()
    .describe('Without bias: texts that fit any picture. How sure a hit is is its share against the best of them. Left out: plain English ones.'),
  least: z.number().min(0).max(1).optional().describe('Less sure pictures are no hits. Left out: 0.5, with bias 0.01.'),
});

/** A model that finds pictures by words: a pair of encoders into one space. Documented in `models/README.md`. */
export const dualEncoderManifestSchema = z
  .strictObject({
    ...aboutModel,
    demonstration: z.boolean(),
    abilities: z.tuple([z.literal('retrieval')]),
    files: z.record(identifier, fileSchema),
    retrieval: z.strictObject({
      width: z.int().min(8).max(4_096).describe('Numbers of an embedding, of pictures as of texts.'),
      picture: pictureSchema,
      text: textSchema,
      score: scoreSchema,
    }),
  })
  .superRefine(({ files, retrieval: { picture, text, score } }, context) => {
    const problem = (path: string[], message: ReturnType<typeof phrase>): void =>
      context.addIssue({ code: 'custom', path, message: String(message), params: { phrase: message } });
    const named = [
      { path: ['retrieval', 'picture', 'file'], key: picture.file },
      { path: ['retrieval', 'text', 'file'], key: text.file },
      { path: ['retrieval', 'text', 'tokenizer'], key: text.tokenizer },
      ...Object.entries(files).flatMap(([name, { companions = [] }]) => companions.map((key) => ({ path: ['files', name, 'companions'], key }))),
    ];
    for (const { path, key } of named) {
      if (!Object.hasOwn(files, key)) {
        problem(path, phrase`names the file "${key}", which is not in files`);
      }
    }
    if (text.prompt !== undefined && text.prompt.split(queryPlace).length !== 2) {
      problem(['retrieval', 'text', 'prompt'], phrase`must hold the placeholder query exactly once`);
    }
    if (score.bias !== undefined && score.contrast) {
      problem(['retrieval', 'score', 'contrast'], phrase`means nothing beside bias`);
    }
  });

export type DualEncoderManifest = z.infer<typeof dualEncoderManifestSchema>;
export type Pooling = NonNullable<DualEncoderManifest['retrieval']['picture']['pooling']>;

const queryPlace = /\{\{\s*query\s*\}\}/;
const usualContrast = ['an image', 'a photo', 'a picture of something'];
const usualLeast = { contrast: 0.5, bias: 0.01 };

/** A parsed `manifest.json` of this form, and not of a model that answers. */
export function isDualEncoder(value: unknown): boolean {
  const { abilities, retrieval } = (value ?? {}) as { abilities?: unknown; retrieval?: unknown };
  return retrieval !== undefined || (Array.isArray(abilities) && abilities.includes('retrieval'));
}

/** @throws ManifestInvalid naming the first offending fields by path */
export function parseDualEncoderManifest(value: unknown, subject: string): DualEncoderManifest {
  return parseAs(dualEncoderManifestSchema, value, subject);
}

/** A question as the text side was trained with. */
export function promptFor(query: string, { retrieval: { text } }: DualEncoderManifest): string {
  // A function: nothing in the question stands for a part of the pattern.
  return text.prompt?.replace(queryPlace, () => query) ?? query;
}

/** Texts that a question is compared with; none where the model tells by itself how sure it is. */
export function contrastOf({ retrieval: { score } }: DualEncoderManifest): readonly string[] {
  return score.bias === undefined ? (score.contrast ?? usualContrast) : [];
}

/** How sure a hit must be. */
export function leastOf({ retrieval: { score } }: DualEncoderManifest): number {
  return score.least ?? (score.bias === undefined ? usualLeast.contrast : usualLeast.bias);
}

/** The form as JSON Schema (draft 2020-12), for editors. */
export function dualEncoderJsonSchema(): Record<string, unknown> {
  return { title: 'VideoChat dual encoder manifest', ...z.toJSONSchema(dualEncoderManifestSchema, { io: 'input' }) };
}
