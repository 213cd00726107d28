import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { commonRules, videoRules } from './backendRules.js';

const file = z.string().min(1).max(4_096).refine((path) => isAbsolute(path) && !path.includes('\0'), { error: 'must be an absolute path' });

/** A `llama-server` that a client has this server start. No manifest may: it comes from somewhere else. */
export const llamaServerRules = z.strictObject({
  kind: z.literal('llama-server'),
  file,
  projector: file.optional(),
  program: file.optional(),
  gpuLayers: z.int().min(0).max(10_000).optional(),
  idleSeconds: z.int().min(0).max(604_800).default(600),
  video: videoRules.optional(),
  ...commonRules,
});

export type LlamaServerRules = z.infer<typeof llamaServerRules>;
