import { z } from 'zod';
import type { PackParams } from '../protocol/index.js';
import { identifier, progressToken } from './schemas.js';

const packId = identifier;

/** Of `packs/*`, like `schemas`. */
export const packSchemas = {
  pack: z.object({ packId, progressToken }) satisfies z.ZodType<PackParams>,
  remove: z.object({ packId }) satisfies z.ZodType<{ packId: string }>,
};
