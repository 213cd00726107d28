import { z } from 'zod';
import { identifier } from './names.js';

/** A low-rank adapter that is loaded beside the weights it belongs to, and added to them. */
export const adapterSchema = z.strictObject({
  file: identifier.describe('Key in files: a LoRA as GGUF, made for these weights.'),
  scale: z.number().min(-100).max(100).optional().describe('What it is multiplied by, besides its own alpha. Left out: 1.'),
});

export type AdapterRules = z.infer<typeof adapterSchema>;
