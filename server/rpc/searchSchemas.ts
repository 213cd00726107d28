import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { type SearchIndexParams, searchKinds, type SearchQueryParams } from '../protocol/index.js';
import { progressToken } from './schemas.js';

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => isAbsolute(text) && !text.includes('\0'), 'must be an absolute path');
const folders = z.array(path).min(1).max(1000);

/** Of `search/*`, like `schemas`. */
export const searchSchemas = {
  index: z.object({ folders, paths: z.array(path).max(100_000).optional(), look: z.boolean().optional(), progressToken }) satisfies z.ZodType<SearchIndexParams>,
  query: z.object({
    query: z.string().min(1).max(1000),
    folders: folders.optional(),
    kinds: z.array(z.enum(searchKinds)).min(1).max(100).optional(),
    limit: z.int().min(1).max(1000).optional(),
  }) satisfies z.ZodType<SearchQueryParams>,
};
