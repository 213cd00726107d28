import { z } from 'zod';
import type { CancellationToken } from '../../common/cancellation.js';
import type { RemoteProbeResult } from '../../protocol/index.js';
import { type EndpointClient, notUnderstood } from './endpointClient.js';

export type EndpointModel = RemoteProbeResult['models'][number] & {
  /** The form in which clips are sent to it, where it is not the usual one. */
  videoPart?: 'input_video';
};

/** More are not listed. */
const mostModels = 1000;

const length = z.number().int().min(256).max(4_194_304).optional().catch(undefined);
const listed = z.looseObject({
  id: z.string().min(1).max(500),
  owned_by: z.string().optional().catch(undefined),
  /** vLLM. */
  max_model_len: length,
  /** Routers, LM Studio. */
  context_length: length,
  context_window: length,
  loaded_context_length: length,
  max_context_length: length,
  /** llama-server. */
  meta: z.object({ n_ctx: length }).optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  architecture: z.object({ input_modalities: z.array(z.string()) }).optional().catch(undefined),
  capabilities: z.array(z.string()).optional().catch(undefined),
});
const modelList = z.object({ data: z.array(z.unknown()) });
const serverProps = z.object({
  default_generation_settings: z.object({ n_ctx: length }).optional().catch(undefined),
  modalities: z.object({ vision: z.boolean(), video: z.boolean().optional().catch(undefined) }).optional().catch(undefined),
});

/**
 * The models of an endpoint, with what it tells of them.
 *
 * @throws VideoChatError, or EndpointFailure where asking again may help
 */
export async function endpointModels(client: EndpointClient, token: CancellationToken): Promise<EndpointModel[]> {
  const { success, data } = modelList.safeParse(await client.readJson('models', token));
  if (!success) {
    throw notUnderstood(client.host);
  }
  const known = data.data.slice(0, mostModels).flatMap((each) => listed.safeParse(each).data ?? []);
  const [only] = known;
  if (known.length === 1 && only?.owned_by === 'llamacpp') {
    return [{ ...toModel(only), ...(await llamaServerFacts(client, token)) }];
  }
  return known.map(toModel);
}

function toModel(model: z.infer<typeof listed>): EndpointModel {
  const contextLength = model.max_model_len ?? model.loaded_context_length ?? model.context_length ?? model.context_window ?? model.meta?.n_ctx ?? model.max_context_length;
  const { architecture, capabilities, type } = model;
  const kinds = architecture?.input_modalities ?? capabilities;
  const images = kinds ? kinds.some((kind) => /image|vision|multimodal/i.test(kind)) : type === 'vlm' ? true : type === 'llm' ? false : undefined;
  const video = kinds?.some((kind) => /video/i.test(kind)) ? { video: true } : {};
  return { name: model.id, ...(contextLength === undefined ? {} : { contextLength }), ...(images === undefined ? {} : { images }), ...video };
}

/** llama-server says more beside the interface that is everyone's. */
async function llamaServerFacts(client: EndpointClient, token: CancellationToken): Promise<Partial<EndpointModel>> {
  const { data } = serverProps.safeParse(await client.readJson('../props', token).catch(() => undefined));
  const contextLength = data?.default_generation_settings?.n_ctx;
  const images = data?.modalities?.vision;
  return { ...(contextLength === undefined ? {} : { contextLength }), ...(images === undefined ? {} : { images }), ...(data?.modalities?.video ? { video: true, videoPart: 'input_video' as const } : {}) };
}
