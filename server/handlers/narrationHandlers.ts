import { NarrationCreateRequest, NarrationExportRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { skillSchemas } from '../rpc/skillSchemas.js';
import { exportNarration } from '../skills/narrate/exportNarration.js';
import { narrate } from '../skills/narrate/narrate.js';
import type { ClientScope } from './clientScope.js';

export function registerNarrationHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(NarrationCreateRequest, skillSchemas.narrationCreate, ({ videoId, ...params }, context) =>
    narrate({ engine, client, translate }, videos.get(videoId), params, context),
  );
  router.on(NarrationExportRequest, skillSchemas.narrationExport, (params) => ({ text: exportNarration(params) }));
}
