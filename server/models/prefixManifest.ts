import { z } from 'zod';
import { type Phrase, phrase } from '../protocol/index.js';
import type { Manifest } from './manifest.js';
import { identifier } from './names.js';

const tensorName = z.string().min(1).max(200);
const weight = z.number().min(0.001).max(1_000);

/** All that is shown as one vector, which adds something to the attention of each layer, at every position: LLaMA-Adapter's prefix. */
export const prefixSchema = z.strictObject({
  variants: z.record(identifier, identifier).describe('Variant name → key in files: the graph that makes the prefix.'),
  default: identifier,
  input: z.strictObject({ name: tensorName, width: z.int().min(1).max(65_536).describe('The input is [1, width]: the rows of encoder and audio, one each, of length 1.') }),
  output: z.strictObject({
    name: tensorName,
    layers: z.int().min(1).max(512).describe('The output is [layers, width]: of each layer of the language model.'),
    width: z.int().min(1).max(65_536),
  }),
  weights: z
    .strictObject({ video: weight.optional(), image: weight.optional(), audio: weight.optional() })
    .optional()
    .describe('How much clips, pictures and sounds count beside each other. Left out: 1 each.'),
  cache: z
    .strictObject({
      file: identifier.describe('Key in files: vectors of many pictures, [N, input.width] 32-bit floats.'),
      neighbours: z.int().min(1).max(1_000),
      temperature: z.number().min(0).max(1_000),
      weight: z.number().min(0).max(1).describe('How far a vector is moved towards its neighbours.'),
    })
    .optional()
    .describe('Vectors are moved towards their neighbours in a table. Left out: they are not.'),
});

/** What is wrong about a prefix between the fields of a manifest. */
export function checkPrefix({ prefix, encoder, audio, abilities, prompt }: Manifest, problem: (path: (string | number)[], message: Phrase) => void): void {
  if (!prefix) {
    return;
  }
  if (!encoder || encoder.output.rows !== 1 || (encoder.image && encoder.image.output.rows !== 1) || (audio && audio.output.rows !== 1)) {
    problem(['prefix'], phrase`needs an encoder, and one row of everything that is shown`);
  }
  const widths = [encoder?.output.width, encoder?.image?.output.width, audio?.output.width];
  if (widths.some((width) => width !== undefined && width !== prefix.input.width)) {
    problem(['prefix', 'input', 'width'], phrase`must be the width of what encoder and audio answer with`);
  }
  if (abilities.includes('timeline')) {
    problem(['abilities'], phrase`must not hold "timeline" with a prefix`);
  }
  for (const name of ['videoMessage', 'imageMessage', 'placeholders'] as const) {
    if (prompt[name] !== undefined) {
      problem(['prompt', name], phrase`means nothing with a prefix, which stands nowhere in the prompt`);
    }
  }
}
