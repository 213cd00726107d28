import { z } from 'zod';
import { editorRules, openAiRules } from '../models/backendRules.js';
import { llamaServerRules } from '../models/llamaServerRules.js';
import type { LlamaServerFindParams, RemoteModel, RemoteProbeParams } from '../protocol/index.js';
import { identifier } from './schemas.js';

/** Models of one client. */
const mostModels = 200;

// A key goes into a header: what would end it, or cannot stand in it, is no key.
const apiKey = z.string().min(1).max(4_000).regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' }).optional();

export const remoteSchemas = {
  declare: z.object({
    models: z
      .array(z.object({ id: identifier, name: z.string().min(1).max(200).optional(), description: z.string().max(4_000).optional(), backend: z.discriminatedUnion('kind', [openAiRules, editorRules, llamaServerRules]), apiKey }))
      .max(mostModels),
  }) satisfies z.ZodType<{ models: RemoteModel[] }>,
  probe: openAiRules.pick({ endpoint: true, apiKeyVariable: true, allowHttp: true }).extend({ apiKey }) satisfies z.ZodType<RemoteProbeParams>,
  find: llamaServerRules.pick({ program: true }) satisfies z.ZodType<LlamaServerFindParams>,
};
