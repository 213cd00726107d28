import { SummaryCreateRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import { summarise } from '../skills/summarise.js';
import type { ClientScope } from './clientScope.js';

export function registerSummaryHandlers(router: RequestRouter, { engine, chats, videos }: ClientScope): void {
  router.on(SummaryCreateRequest, schemas.summaryCreate, async (params, context) => {
    const { facts } = videos.get(params.videoId).opened;
    const { manifest } = await engine.models.get(params.modelId);
    return summarise(chats, facts, manifest, params, context);
  });
}
