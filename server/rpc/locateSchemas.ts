import { z } from 'zod';
import { type LocateCreateParams, summarySourceChoices } from '../protocol/index.js';
import { identifier, progressToken, segment } from './schemas.js';

/** Of `locate/create`, like `schemas`. */
export const locateSchemas = {
  create: z.object({
    videoId: identifier,
    query: z.string().trim().min(1).max(1_000),
    modelId: identifier.optional(),
    answersFrom: z.enum(summarySourceChoices).optional(),
    span: segment.optional(),
    most: z.int().min(1).max(100).optional(),
    progressToken,
  }) satisfies z.ZodType<LocateCreateParams>,
};
