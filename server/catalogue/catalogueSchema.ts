import { z } from 'zod';
import { identifier, pathInside } from '../models/names.js';
import { catalogueKinds, catalogueRuns } from '../protocol/index.js';

const text = z.string().min(1).max(2_000);
const web = z.url({ protocol: /^https$/ }).max(1_000);
const safePath = z.string().max(255).regex(pathInside, { error: 'must be a relative path without ".."' });
const count = z.int().min(1).max(1_000_000);

const file = z.strictObject({
  key: identifier.describe('Name of the file in the manifest that is made.'),
  repo: z.string().max(200).regex(/^\w[\w.-]*\/\w[\w.-]*$/, { error: 'must be owner/name' }),
  repoType: z.enum(['model', 'space']).optional().describe('Left out: model.'),
  revision: z
    .string()
    .max(200)
    .regex(/^[\w][\w.-]*$/, { error: 'must be a commit, a branch or a tag' })
    .describe('A commit. A branch is resolved at the first download, and stays at that commit from then on.'),
  path: safePath.describe('Inside the repository.'),
  bytes: z.int().min(1).max(1e13).optional().describe('Left out where it is not known: the hub says it.'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/).optional().describe('Left out where none is known: that of the hub is read and pinned at the first download.'),
});

const variant = z.strictObject({
  id: identifier,
  files: z.array(file).max(64).describe('None where it cannot be fetched.'),
  memory: z
    .strictObject({ bytes: z.int().min(1).max(1e13), source: text })
    .optional()
    .describe('Measured by somebody. Left out: weights, and the cache of a conversation from the numbers in shape.'),
});

/** What the catalogue knows of one model. */
export const catalogueEntrySchema = z.strictObject({
  $schema: z.string().max(1_000).optional(),
  schemaVersion: z.literal(1),
  id: identifier,
  name: z.string().min(1).max(200),
  description: text,
  kind: z.enum(catalogueKinds),
  abilities: z.array(z.enum(['chat', 'image', 'grounding', 'denseCaption', 'audio', 'timeline', 'retrieval'])).max(16),
  runs: z.enum(catalogueRuns),
  howToRun: text.optional().describe('Needed where it does not run directly.'),
  licence: z.strictObject({
    name: z.string().min(1).max(200),
    url: web.optional(),
    mustAccept: z.boolean(),
    gated: z.boolean(),
    note: text.optional(),
  }),
  page: web,
  goodAt: z.array(z.strictObject({ what: text, value: z.string().min(1).max(100), source: text })).max(32),
  recommend: z.int().min(1).max(100).optional().describe('The higher, the better for a beginning; left out: not for a beginning.'),
  shape: z
    .strictObject({ layers: count, keyValueHeads: count, headSize: count, contextLength: count })
    .optional()
    .describe('Of the language model; contextLength as its manifest has it.'),
  variants: z.array(variant).min(1).max(16).describe('The best first.'),
  install: z
    .strictObject({
      as: z
        .enum(['model', 'dualEncoder', 'perception'])
        .describe('Whose manifest it is: of a model that answers, of one that finds pictures by words, or of a perception model, whose folder is in perception/.'),
      manifest: z.record(z.string(), z.unknown()).describe('The manifest without id, name, description, licence and files, which come from here.'),
    })
    .optional()
    .describe('Needed where it runs directly.'),
});

export type CatalogueRecord = z.infer<typeof catalogueEntrySchema>;
export type CatalogueFile = CatalogueRecord['variants'][number]['files'][number];
export type CatalogueChoice = CatalogueRecord['variants'][number];

/** The format of `models/catalogue/*.json` as JSON Schema, for editors. */
export function catalogueJsonSchema(): Record<string, unknown> {
  return { title: 'VideoChat catalogue entry', ...z.toJSONSchema(catalogueEntrySchema, { io: 'input' }) };
}
