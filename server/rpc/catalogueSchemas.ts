import { z } from 'zod';
import type { ModelImportParams, ModelPullParams, ModelRemoveParams, ModelVerifyParams } from '../protocol/index.js';
import { absolutePath, identifier, progressToken } from './schemas.js';

const modelId = z.string().max(100).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'may hold letters, digits, ".", "_" and "-" only');
/** What a header can carry. */
const secret = z.string().max(1000).regex(/^[\x21-\x7e]*$/, 'is not a token');

/** Of `models/*`, like `schemas`. */
export const catalogueSchemas = {
  pull: z.object({
    entryId: identifier,
    variant: identifier.optional(),
    acceptLicence: z.boolean().optional(),
    token: secret.optional(),
    progressToken,
  }) satisfies z.ZodType<ModelPullParams>,
  verify: z.object({ id: identifier, progressToken }) satisfies z.ZodType<ModelVerifyParams>,
  remove: z.object({ id: identifier }) satisfies z.ZodType<ModelRemoveParams>,
  import: z.object({
    paths: z.array(absolutePath).min(1).max(16),
    id: modelId.optional(),
    name: z.string().min(1).max(200).optional(),
    licence: z.string().min(1).max(200).optional(),
    contextLength: z.int().min(128).max(4_194_304).optional(),
    progressToken,
  }) satisfies z.ZodType<ModelImportParams>,
};
