import { SummaryCreateRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { skillSchemas } from '../rpc/skillSchemas.js';
import { summarise } from '../skills/summarise/summarise.js';
import type { ClientScope } from './clientScope.js';

export function registerSummaryHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(SummaryCreateRequest, skillSchemas.summaryCreate, ({ videoId, ...params }, context) =>
    summarise({ engine, client, translate }, videos.get(videoId), params, context),
  );
}
